import type { ForecastLog } from '../placement/learning/forecast-log.js';
import { knownRatio } from '../placement/measure.js';
import { LEAD_HORIZON } from '../placement/outlook.js';
import { forecastCpu } from '../placement/predict-load.js';
import type { MeetingPlacer } from './meeting-placer.js';

export interface ForecastWatchDeps {
  readonly placer: Pick<MeetingPlacer, 'candidates'>;
  readonly log: ForecastLog;
  /** Told how far off a forecast was whose time has come: |forecast − measured|, a share of the CPU. */
  readonly onChecked: (error: number) => void;
  /** ms since 1970. */
  readonly now: () => number;
}

/** Keeps what each server's CPU was forecast to be, without any further meeting, and compares it with what came true. */
export class ForecastWatch {
  readonly #deps: ForecastWatchDeps;

  constructor(deps: ForecastWatchDeps) {
    this.#deps = deps;
  }

  /** The load table was refreshed: checks the forecasts for now and makes those for later. */
  refreshed(): void {
    const { placer, log, onChecked, now } = this.#deps;
    const at = now();
    for (const candidate of placer.candidates()) {
      const { id } = candidate;
      const measured = knownRatio(candidate.cpu);
      const due = log.dueAt(id, at);
      // More than all of a CPU cannot come true.
      if (measured !== undefined && due !== undefined) onChecked(Math.abs(Math.min(1, due) - measured));
      const ahead = forecastCpu(candidate, LEAD_HORIZON);
      if (ahead !== undefined) log.note(id, ahead, at);
    }
  }

  /** How far ahead the forecasts look. */
  get leadMs(): number {
    return this.#deps.log.leadMs;
  }

  /** What the server's CPU was forecast to be now; `undefined` where nothing was. */
  of(serverId: string): number | undefined {
    const { log, now } = this.#deps;
    return log.dueAt(serverId, now());
  }

  /** Forgets a server that has left the pool. */
  forget(serverId: string): void {
    this.#deps.log.forget(serverId);
  }
}
