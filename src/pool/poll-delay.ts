import type { HealthState } from './health.js';

/** A server that comes back is asked again this soon, so that it gets meetings within seconds. */
const RECOVERY_MS = 1000;
/** Back-off of a dead server never grows beyond this (or the interval): it must be found back within 30 s. */
const MAX_BACK_OFF_MS = 10_000;
const JITTER = 0.2;

/** Everything the time of the next poll depends on; times in ms. */
export interface PollDelayInput {
  readonly state: HealthState;
  readonly offlineAfter: number;
  readonly intervalMs: number;
  /** This server's place within the interval, 0 to intervalMs: keeps the polls of the pool spread. */
  readonly phaseMs: number;
  readonly startedAt: number;
  readonly now: number;
  /** 0 to 1. */
  readonly random: number;
}

/** How long to wait, after a poll that ended now, before the next poll of the same server; ms, at least 0. */
export function pollDelay(input: PollDelayInput): number {
  const { state, intervalMs } = input;
  const isRecovering = state.consecutiveSuccesses > 0;
  if (isRecovering) return Math.min(intervalMs, RECOVERY_MS);
  if (state.health === 'unstable') return Math.min(intervalMs, Math.max(RECOVERY_MS, intervalMs / 2));
  if (state.health === 'offline') {
    const doublings = Math.min(16, Math.max(0, state.consecutiveFailures - input.offlineAfter));
    const backOffMs = Math.min(Math.max(intervalMs, MAX_BACK_OFF_MS), intervalMs * 2 ** doublings);
    return backOffMs * (1 - JITTER + 2 * JITTER * input.random);
  }
  return untilNextSlot(input);
}

/** The server's own slots lie `intervalMs` apart; one that follows the last poll too closely is left out. */
function untilNextSlot({ intervalMs, phaseMs, startedAt, now }: PollDelayInput): number {
  const earliest = Math.max(now, startedAt + intervalMs / 4);
  const slot = Math.ceil((earliest - phaseMs) / intervalMs) * intervalMs + phaseMs;
  return slot - now;
}

/** Spreads any number of servers evenly, whenever they are added (golden ratio sequence); 0 to intervalMs. */
export function pollPhase(index: number, intervalMs: number): number {
  return ((index * 0.618033988749895) % 1) * intervalMs;
}
