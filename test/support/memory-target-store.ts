import type { CallbackTarget, CallbackTargetStore } from '../../src/callbacks/callback-target.js';

/** Callback targets in memory, counting what is written and looked up; can fail on demand. */
export class MemoryTargetStore implements CallbackTargetStore {
  readonly rows = new Map<string, CallbackTarget>();
  writes = 0;
  lookUps = 0;
  /** The next write is rejected with this. */
  failsNext: Error | undefined;

  async listOpenTargets(): Promise<readonly CallbackTarget[]> {
    return [...this.rows.values()].filter(({ toldAt }) => toldAt === undefined);
  }

  async findTargets(ids: readonly string[]): Promise<readonly CallbackTarget[]> {
    this.lookUps += ids.length;
    return ids.flatMap((id) => this.rows.get(id) ?? []);
  }

  async saveTarget(target: CallbackTarget): Promise<void> {
    const failure = this.failsNext;
    this.failsNext = undefined;
    await Promise.resolve();
    if (failure !== undefined) throw failure;
    this.writes += 1;
    this.rows.set(target.id, target);
  }

  async removeTarget(id: string): Promise<void> {
    this.rows.delete(id);
  }

  async pruneTargets(before: number, recordedBefore: number): Promise<number> {
    let count = 0;
    for (const { id, toldAt = Infinity, isRecorded } of this.rows.values()) {
      if (toldAt >= (isRecorded ? recordedBefore : before)) continue;
      this.rows.delete(id);
      count += 1;
    }
    return count;
  }
}
