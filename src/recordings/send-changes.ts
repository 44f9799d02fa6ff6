import { byServer } from './by-server.js';
import {
  CHANGE_TIMEOUT_MS,
  sendChange,
  type ChangeSenderDeps,
  type SendOutcome,
  type SentChange,
} from './change-sender.js';
import { ARCHIVE } from './recording-index.js';

/** Calls to one server at once: BBB reads and writes files for each of them, beside the meetings it carries. */
const CALLS_AT_ONCE = 4;

/** What a server has not begun by then waits, as where it does not answer: somebody waits for the answer. */
const BEGUN_WITHIN_MS = 30_000;

/** From the first call on; what a server has not answered by then waits as well. */
const ANSWERED_WITHIN_MS = 35_000;

/**
 * Tells all holders at once, each a few changes at a time and in their order; gives the outcomes in the order of the changes. A
 * server that could not be asked is not asked for the rest. Rejects only where the index cannot be written.
 */
export async function sendChanges(
  changes: readonly SentChange[],
  deps: ChangeSenderDeps,
): Promise<readonly SendOutcome[]> {
  const outcomes = new Map<SentChange, SendOutcome>();
  const holders = [...byServer(changes).values()];
  const told = holders.map((its) => tellHolder(its, outcomes, deps));
  for (const one of await Promise.allSettled(told)) if (one.status === 'rejected') throw one.reason;
  return changes.flatMap((change) => outcomes.get(change) ?? []);
}

async function tellHolder(
  changes: readonly SentChange[],
  outcomes: Map<SentChange, SendOutcome>,
  deps: ChangeSenderDeps,
): Promise<void> {
  const left = changes.values();
  const begunAt = deps.now();
  let away: SendOutcome | undefined;
  let failure: { readonly error: unknown } | undefined;
  const tellOn = async (): Promise<void> => {
    for (const change of left) {
      const { serverId } = change;
      const passedMs = deps.now() - begunAt;
      if (serverId !== ARCHIVE && passedMs >= BEGUN_WITHIN_MS) away ??= tooSlow(serverId);
      const timeoutMs = Math.min(CHANGE_TIMEOUT_MS, ANSWERED_WITHIN_MS - passedMs);
      const outcome = away ?? (await sendChange(change, deps, timeoutMs));
      outcomes.set(change, outcome);
      // One recording of the archive says nothing of the others.
      if (outcome.kind === 'failed' && serverId !== ARCHIVE) away ??= outcome;
      if (failure !== undefined) return;
    }
  };
  const lanes = Array.from({ length: Math.min(CALLS_AT_ONCE, changes.length) }, () =>
    tellOn().catch((error: unknown) => {
      failure ??= { error };
    }),
  );
  await Promise.all(lanes);
  if (failure !== undefined) throw failure.error;
}

function tooSlow(serverId: string): SendOutcome {
  return { kind: 'failed', cause: new Error(`server ${serverId} takes too long for so many recordings`) };
}
