import { type Media, NO_MEDIA } from '../media.js';

/** Points at which a mean looks. */
const STEPS = 6;

/** People on one server and what they send over the last minutes, as polls counted them: a short memory. */
export class PeopleTrack {
  readonly #times: number[] = [];
  readonly #media: Media[] = [];
  readonly #keepMs: number;

  /** `keepMs`: how far back means may be asked. */
  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  /** Takes a count made at `at`; one that is older than the newest is left out. */
  add(at: number, media: Media): void {
    const newest = this.#times.at(-1);
    if (newest !== undefined && at <= newest) return;
    this.#times.push(at);
    this.#media.push(media);
    while ((this.#times[1] ?? at) <= at - this.#keepMs) {
      this.#times.shift();
      this.#media.shift();
    }
  }

  /** Mean over [from, until]; between two counts people come and go evenly. `undefined` when no count is near. */
  mean(from: number, until: number): Media | undefined {
    const first = this.#times[0];
    const last = this.#times.at(-1);
    if (first === undefined || last === undefined || first > until || last < from - this.#keepMs)
      return undefined;
    let [people, voice, streams] = [0, 0, 0];
    let after = 0;
    for (let i = 0; i <= STEPS; i += 1) {
      const time = from + ((until - from) * i) / STEPS;
      const weight = (i === 0 || i === STEPS ? 0.5 : 1) / STEPS;
      while (after < this.#times.length && (this.#times[after] ?? 0) <= time) after += 1;
      const left = this.#media[after - 1] ?? this.#media[0] ?? NO_MEDIA;
      const right = this.#media[after] ?? left;
      const t0 = this.#times[after - 1] ?? time;
      const part = left === right ? 0 : (time - t0) / ((this.#times[after] ?? Infinity) - t0);
      people += weight * (left.people + part * (right.people - left.people));
      voice += weight * (left.voice + part * (right.voice - left.voice));
      streams += weight * (left.streams + part * (right.streams - left.streams));
    }
    return { people, voice, streams };
  }
}
