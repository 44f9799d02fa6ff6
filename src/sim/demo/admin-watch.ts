import { request } from 'undici';
import { z } from 'zod';
import { serverView } from '../../admin/view-schemas.js';
import type { ServerView } from '../../admin/views.js';

const placementsAnswer = z.object({
  placements: z.array(
    z.object({
      id: z.string(),
      at: z.number(),
      meetingId: z.string(),
      serverId: z.string().optional(),
      expectedAttendees: z.number(),
      decision: z.object({ reason: z.string(), explanation: z.string() }),
      retries: z.array(z.object({ serverId: z.string(), cause: z.string() })),
    }),
  ),
});
const serversAnswer = z.object({ servers: z.array(serverView) });

/** A placement as the demo shows it. */
export type ShownPlacement = z.infer<typeof placementsAnswer>['placements'][number];

/** What Ballast's admin API says at one moment. */
export interface Snapshot {
  readonly servers: readonly ServerView[];
  /** Newest first. */
  readonly placements: readonly ShownPlacement[];
}

/** Something worth a line. */
export interface Note {
  /** Real time, ms. */
  readonly at: number;
  readonly text: string;
}

const TIMEOUT_MS = 2_000;
const NOTES_KEPT = 200;

/** Watches a balancer through its admin API and notes what it does when servers come and go. */
export class AdminWatch {
  readonly #url: string;
  readonly #token: string;
  readonly #stopping = new AbortController();
  readonly #notes: Note[] = [];
  /** Where each meeting was placed last, as far as it was seen. */
  readonly #places = new Map<string, string>();
  readonly #seen = new Set<string>();
  #snapshot: Snapshot = { servers: [], placements: [] };

  constructor(adminUrl: string, token: string) {
    this.#url = adminUrl;
    this.#token = token;
  }

  /** The last answer. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** All notes, oldest first. */
  get notes(): readonly Note[] {
    return this.#notes;
  }

  /** Adds a note of the demo's own. */
  note(text: string): void {
    this.#notes.push({ at: Date.now(), text });
    if (this.#notes.length > NOTES_KEPT) this.#notes.shift();
  }

  /** Asks again and notes what changed. Throws when the admin API does not answer. */
  async refresh(): Promise<void> {
    const [servers, placements] = await Promise.all([
      this.#get('/servers', serversAnswer),
      this.#get('/placements?limit=100', placementsAnswer),
    ]);
    const before = this.#snapshot;
    this.#snapshot = { servers: servers.servers, placements: placements.placements };
    this.#noteHealth(before.servers, this.#snapshot.servers);
    for (const placement of [...placements.placements].reverse()) this.#notePlacement(placement);
  }

  /** Breaks off a request under way. */
  stop(): void {
    this.#stopping.abort();
  }

  async #get<Answer>(path: string, schema: z.ZodType<Answer>): Promise<Answer> {
    const { statusCode, body } = await request(`${this.#url}/admin/v1${path}`, {
      headers: { authorization: `Bearer ${this.#token}` },
      // Not a signal for each request: made from a long-lived one it would never be let go.
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      signal: this.#stopping.signal,
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`admin API: HTTP ${statusCode} ${text.slice(0, 200)}`);
    return schema.parse(JSON.parse(text));
  }

  #noteHealth(before: readonly ServerView[], after: readonly ServerView[]): void {
    for (const server of after) {
      const old = before.find(({ id }) => id === server.id);
      if (!old || old.health === server.health) continue;
      const why = server.health === 'online' ? '' : (server.lastFailure ?? '');
      this.note(`Ballast: ${server.id} ${old.health} → ${server.health}${why === '' ? '' : ` (${why})`}`);
    }
  }

  #notePlacement(placement: ShownPlacement): void {
    if (this.#seen.has(placement.id)) return;
    this.#seen.add(placement.id);
    const { meetingId, serverId, retries } = placement;
    for (const retry of retries) {
      this.note(`Ballast: ${meetingId} could not be created on ${retry.serverId} (${retry.cause}), moved on`);
    }
    if (serverId === undefined) return;
    const old = this.#places.get(meetingId);
    this.#places.set(meetingId, serverId);
    const isGone = this.#snapshot.servers.some(({ id, health }) => id === old && health !== 'online');
    if (old !== undefined && old !== serverId && isGone) {
      this.note(`Ballast: ${meetingId} placed anew, ${old} → ${serverId}`);
    }
  }
}
