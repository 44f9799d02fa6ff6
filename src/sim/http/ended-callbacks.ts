import type { SimMeeting } from '../state/sim-meeting.js';

/** One callback as it went out. */
export interface SentCallback {
  readonly url: string;
  /** HTTP status, or what kept it from arriving. */
  readonly outcome: number | string;
}

const TIMEOUT_MS = 5_000;

/** Calls what a create asked to be told of the end: `meta_endCallbackUrl` and `meetingEndedURL`, not for breakouts. */
export class EndedCallbacks {
  readonly #sent: SentCallback[] = [];
  readonly #pending = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  /** What went out so far, the last hundred. */
  get sent(): readonly SentCallback[] {
    return this.#sent;
  }

  /** Starts the callbacks of a meeting that has just ended. */
  meetingEnded(meeting: SimMeeting): void {
    const { settings } = meeting;
    if (settings.breakout) return;
    const endCallbackUrl = settings.metadata.get('endcallbackurl');
    if (endCallbackUrl !== undefined && URL.canParse(endCallbackUrl)) {
      const url = new URL(endCallbackUrl);
      // In this order; re-encoding the given query is what Apache's URIBuilder does as well.
      url.searchParams.append('recordingmarks', String(settings.isRecorded));
      url.searchParams.append('meetingID', meeting.meetingId);
      this.#send(url.href);
    }
    if (settings.meetingEndedUrl !== undefined && URL.canParse(settings.meetingEndedUrl)) {
      this.#send(settings.meetingEndedUrl);
    }
  }

  /** Breaks off what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#pending);
  }

  #send(url: string): void {
    const done = this.#get(url).then((outcome) => {
      this.#sent.push({ url, outcome });
      if (this.#sent.length > 100) this.#sent.shift();
      this.#pending.delete(done);
    });
    this.#pending.add(done);
  }

  async #get(url: string): Promise<number | string> {
    try {
      const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const answer = await fetch(url, { signal });
      await answer.arrayBuffer();
      return answer.status;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
