import { setTimeout as delay } from 'node:timers/promises';
import { engineRequest } from '../rig/engine-request.js';
import type { AlertInAlertmanager } from '../rig/alertmanager.js';

const EVERY_MS = 500;

/** Asks an Alertmanager twice a second what it would tell people, and remembers all of it. */
export class AlertWatch {
  readonly #url: string;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  #now: readonly string[] = [];
  #silenced: readonly string[] = [];
  #seen = new Set<string>();

  constructor(alertmanagerUrl: string) {
    this.#url = `${alertmanagerUrl}/api/v2/alerts`;
    this.#loop = this.#run();
  }

  /** Alerts that fire and are not inhibited, as `Name server`. */
  get now(): readonly string[] {
    return this.#now;
  }

  /** Those that fire and are inhibited by another. */
  get silenced(): readonly string[] {
    return this.#silenced;
  }

  /** Every one that was ever told since the last call of `forget`. */
  get seen(): readonly string[] {
    return [...this.#seen].sort();
  }

  forget(): void {
    this.#seen = new Set(this.#now);
  }

  /** Ends the rounds and waits for the one under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // One that answers late or not at all is asked again: what is waited for has a time limit of its own.
      const alerts = await this.#ask().catch(() => undefined);
      if (alerts !== undefined) this.#keep(alerts);
      await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #ask(): Promise<readonly AlertInAlertmanager[]> {
    return JSON.parse(await engineRequest({ url: this.#url })) as readonly AlertInAlertmanager[];
  }

  #keep(alerts: readonly AlertInAlertmanager[]): void {
    const named = (state: AlertInAlertmanager['status']['state']): readonly string[] =>
      alerts
        .filter(({ status }) => status.state === state)
        .map(({ labels }) => [labels.alertname, labels.server].filter(Boolean).join(' '))
        .sort();
    this.#now = named('active');
    this.#silenced = named('suppressed');
    for (const name of this.#now) this.#seen.add(name);
  }
}
