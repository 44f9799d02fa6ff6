import type { RawQuery } from '../bbb/raw-query.js';
import { slotOf, type CallbackSlot } from './callback-slots.js';
import type { CallbackTargets } from './callback-targets.js';
import type { CallbackTokens } from './callback-tokens.js';
import type { MeetingEnds } from './meeting-ends.js';
import { ownUrl } from './own-urls.js';

/** A create as the front end sent it, its meeting ID scoped already. */
export interface GivenCreate {
  readonly tenantId: string;
  /** As the front end writes it. */
  readonly meetingId: string;
  readonly query: RawQuery;
  readonly isBreakout: boolean;
  /** Where servers reach Ballast, from the request; read only without `publicUrl`. */
  readonly origin: () => string | undefined;
}

/** A create as it goes to a server. */
export interface RewrittenCreate {
  readonly query: RawQuery;
  /** To be told of the meeting a server made of it; `undefined` where the server refused. */
  created(meeting: { readonly internalMeetingId: string | undefined } | undefined): void;
}

export interface CreateRewriterDeps {
  readonly targets: CallbackTargets;
  readonly tokens: CallbackTokens;
  readonly ends: Pick<MeetingEnds, 'replaced'>;
  /** Base of Ballast's own URLs, without a slash at its end. */
  readonly publicUrl: string | undefined;
}

/** Gives creates Ballast's own callback URLs in the place of the front end's. */
export class CreateRewriter {
  readonly #deps: CreateRewriterDeps;

  constructor(deps: CreateRewriterDeps) {
    this.#deps = deps;
  }

  /** What was given is durable when it resolves. A create without callback URLs stays as it is and costs nothing. */
  async rewrite(create: GivenCreate): Promise<RewrittenCreate> {
    const { query } = create;
    const given = givenSlots(query);
    const base = given.size === 0 ? undefined : (this.#deps.publicUrl ?? create.origin());
    if (base === undefined) return { query, created: () => undefined };
    const { targets, tokens, ends } = this.#deps;
    const urls: Partial<Record<CallbackSlot, string>> = {};
    for (const [name, slot] of given) urls[slot] ??= query.getAll(name).find((value) => value !== '') ?? '';
    const { id } = await targets.claim({
      tenantId: create.tenantId,
      meetingId: create.meetingId,
      urls,
      isRecorded: query.get('record') === 'true',
      isBreakout: create.isBreakout,
    });
    const token = tokens.tokenOf(id);
    let rewritten = query;
    for (const [name, slot] of given) {
      rewritten = rewritten.mapValues(name, (value) => (value === '' ? value : ownUrl(base, token, slot)));
    }
    return {
      query: rewritten,
      created: (meeting) => {
        if (create.isBreakout) return;
        if (meeting === undefined) targets.refused(id);
        if (meeting?.internalMeetingId === undefined) return;
        const before = targets.settle(id, meeting.internalMeetingId);
        if (before !== undefined) ends.replaced(before);
      },
    };
  }
}

/** By name, in each spelling: the callbacks that are asked for. */
function givenSlots(query: RawQuery): ReadonlyMap<string, CallbackSlot> {
  const given = new Map<string, CallbackSlot>();
  for (const name of query.names()) {
    const slot = slotOf(name);
    if (slot !== undefined && query.getAll(name).some((value) => value !== '')) given.set(name, slot);
  }
  return given;
}
