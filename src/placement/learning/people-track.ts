import { addMedia, type Media, NO_MEDIA } from '../media.js';

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
    const steps = 6;
    let sum = NO_MEDIA;
    for (let i = 0; i <= steps; i += 1) {
      const weight = i === 0 || i === steps ? 0.5 : 1;
      sum = addMedia(sum, this.#at(from + ((until - from) * i) / steps), weight / steps);
    }
    return sum;
  }

  #at(time: number): Media {
    let after = this.#times.length - 1;
    const newest = this.#media[after] ?? NO_MEDIA;
    if (time >= (this.#times[after] ?? 0)) return newest;
    while (after > 0 && (this.#times[after - 1] ?? 0) > time) after -= 1;
    const next = this.#media[after] ?? NO_MEDIA;
    if (after === 0) return next;
    const [t0, t1] = [this.#times[after - 1] ?? 0, this.#times[after] ?? 0];
    // Counts are in order of time and never of the same one.
    const part = (time - t0) / (t1 - t0);
    const before = addMedia(NO_MEDIA, this.#media[after - 1] ?? NO_MEDIA, 1 - part);
    return addMedia(before, next, part);
  }
}
