import type { BbbAnswer } from '../../bbb/bbb-answer.js';
import type { BbbRequest } from '../../bbb/bbb-request.js';
import { percentEncode } from '../../bbb/percent.js';
import { readElement } from '../../bbb/read-answer.js';
import type { ServerAddress } from '../../bbb/server-address.js';

export interface HookRegistrarDeps {
  readonly call: (server: ServerAddress, request: BbbRequest) => Promise<BbbAnswer>;
}

const TIMEOUT_MS = 5_000;

/** The calls by which Ballast gets a webhook of its own on a server, and gets rid of it. */
export class HookRegistrar {
  readonly #call: HookRegistrarDeps['call'];

  constructor({ call }: HookRegistrarDeps) {
    this.#call = call;
  }

  /** The ID the server gave, the same for the same URL. Throws where the server has no webhooks, or refuses. */
  async register(server: ServerAddress, callbackUrl: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#ask(
      server,
      'hooks/create',
      `callbackURL=${percentEncode(callbackUrl)}`,
      signal,
    );
    const hookId = readElement(answer.body, 'hookID');
    if (answer.returnCode === 'SUCCESS' && hookId !== undefined && hookId !== '') return hookId;
    throw refused(server, 'hooks/create', answer);
  }

  /** A hook that the server no longer has is fine. Throws when the server does not answer. */
  async remove(server: ServerAddress, hookId: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#ask(server, 'hooks/destroy', `hookID=${percentEncode(hookId)}`, signal);
    if (answer.returnCode === 'FAILED' && answer.messageKey !== 'destroyMissingHook') {
      throw refused(server, 'hooks/destroy', answer);
    }
  }

  async #ask(server: ServerAddress, call: string, query: string, signal: AbortSignal): Promise<BbbAnswer> {
    const request = { call, query, timeoutMs: TIMEOUT_MS, signal };
    // All that bbb-webhooks before 3.0 knows; some later ones are set up to refuse it.
    const answer = await this.#call(server, { ...request, checksumAlgorithm: 'sha1' });
    return answer.messageKey === 'checksumError' ? await this.#call(server, request) : answer;
  }
}

function refused(server: ServerAddress, call: string, { messageKey }: BbbAnswer): Error {
  return new Error(`server ${server.id} refused ${call} (${messageKey ?? 'without a key'})`);
}
