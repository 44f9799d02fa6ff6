import type { SimServer } from '../sim-server.js';

/** When the server dies and when it returns, in real ms since the demo began; `againMs` later it happens once more. */
export interface OutageTimes {
  readonly diesMs: number;
  readonly returnsMs: number;
  readonly againMs: number;
}

/** One server of the demo that loses its network for a while: its people are cut off, its meetings stay in memory. */
export class Outage {
  readonly #server: SimServer;
  readonly #times: OutageTimes;
  readonly #say: (text: string) => void;
  #isOver = true;

  constructor(server: SimServer, times: OutageTimes, say: (text: string) => void) {
    this.#server = server;
    this.#times = times;
    this.#say = say;
  }

  /** Does what is due `elapsedMs` after the beginning. */
  async advance(elapsedMs: number): Promise<void> {
    const { diesMs, returnsMs, againMs } = this.#times;
    const inTurn = elapsedMs < diesMs ? -1 : (elapsedMs - diesMs) % againMs;
    const isDown = inTurn >= 0 && inTurn < returnsMs - diesMs;
    if (isDown === !this.#isOver) return;
    this.#isOver = !isDown;
    if (!isDown) {
      await this.#server.accept();
      this.#say(`${this.#server.id} is back, with its old meetings in memory`);
      return;
    }
    await this.#server.refuse();
    const meetings = this.#server.meetings.list();
    const people = meetings.reduce((sum, meeting) => sum + meeting.attendees.size, 0);
    for (const meeting of meetings) this.#server.meetings.setAttendees(meeting, 0);
    this.#say(`${this.#server.id} dies: ${people} people in ${meetings.length} meetings are cut off`);
  }
}
