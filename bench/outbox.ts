import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CallbackOutbox } from '../src/callbacks/outbox.js';
import type { NewCallback } from '../src/callbacks/callback.js';
import { silentLogger } from '../src/log.js';
import { openStore } from '../src/store/open-store.js';
import type { Bench, Figure } from './bench.js';
import { type BallastProcess, makeSite, type Site, startBallast } from './ballast-process.js';
import { median } from './rounds.js';

const PENDING = 10_000;
const TARGETS = 10;
const CONFIG = { callbacks: { allowPrivateTargets: true, serverHooks: false } };

/** Callbacks of all kinds that wait in the outbox when Ballast starts, and what a target that hangs does to the others. */
export const outbox: Bench = {
  name: 'outbox',
  run: async ({ isQuick }) => {
    const pending = isQuick ? 1_000 : PENDING;
    const rounds = isQuick ? 1 : 3;
    const many: Round[] = [];
    const one: Round[] = [];
    const behind: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      many.push(await deliverAll(pending, TARGETS));
      one.push(await deliverAll(pending, 1));
      behind.push(await deliverBehind(pending));
    }
    return [
      ...figures(`${pending} pending at start for ${TARGETS} targets`, many, 500),
      ...figures(`${pending} pending at start for one target, four at once`, one, 300),
      {
        what: `a callback added to the store behind ${pending} for a target that hangs: from /ready to its arrival`,
        figure: `${median(behind).toFixed(0)} ms`,
        goal: '< 1000 ms',
        isMet: median(behind) < 1_000,
        detail: `from ${Math.min(...behind).toFixed(0)} to ${Math.max(...behind).toFixed(0)} ms`,
      },
    ];
  },
};

interface Round {
  readonly perSecond: number;
  /** From /ready to the arrival of the last. */
  readonly seconds: number;
  readonly p99Ms: number;
  readonly rssBytes: number;
}

function figures(what: string, rounds: readonly Round[], goal: number): readonly Figure[] {
  const rates = rounds.map(({ perSecond }) => perSecond);
  const p99 = Math.max(...rounds.map(({ p99Ms }) => p99Ms));
  const seconds = median(rounds.map((round) => round.seconds));
  const rss = Math.max(...rounds.map(({ rssBytes }) => rssBytes)) / 2 ** 20;
  return [
    {
      what: `${what}: deliveries a second`,
      figure: `${median(rates).toFixed(0)}/s`,
      goal: `≥ ${goal}/s`,
      isMet: median(rates) >= goal,
      detail: `from ${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)}/s, RSS at most ${rss.toFixed(0)} MB`,
    },
    {
      what: `${what}: all delivered after /ready`,
      figure: `${seconds.toFixed(1)} s`,
      goal: '< 40 s',
      isMet: seconds < 40,
      detail: `event loop delay p99 at most ${p99.toFixed(1)} ms`,
    },
  ];
}

async function deliverAll(pending: number, targets: number): Promise<Round> {
  const receivers = await Promise.all(Array.from({ length: targets }, () => Receiver.listen()));
  const site = await makeSite([], CONFIG);
  try {
    await fill(
      site,
      Array.from({ length: pending }, (_, at) => callback(at, receivers[at % targets]?.url ?? '')),
    );
    const ballast = await startBallast(site, { apply: false });
    const readyAt = performance.now();
    await ballast.probe('reset');
    await Promise.all(receivers.map((receiver) => receiver.received(Math.ceil(pending / targets))));
    const times = receivers.map(({ firstAt, lastAt }) => ({ firstAt, lastAt }));
    const lastAt = Math.max(...times.map((time) => time.lastAt));
    const firstAt = Math.min(...times.map((time) => time.firstAt));
    const { p99Ms, rssBytes } = await ballast.probe();
    await ballast.stop();
    const seconds = (lastAt - readyAt) / 1000;
    return { perSecond: pending / ((lastAt - firstAt) / 1000), seconds, p99Ms, rssBytes };
  } finally {
    await Promise.all(receivers.map((receiver) => receiver.close()));
    await site.remove();
  }
}

async function deliverBehind(pending: number): Promise<number> {
  const [stuck, other] = await Promise.all([Receiver.listen(true), Receiver.listen()]);
  const site = await makeSite([], CONFIG);
  let ballast: BallastProcess | undefined;
  try {
    const waiting = Array.from({ length: pending }, (_, at) => callback(at, stuck.url));
    await fill(site, [...waiting, callback(pending, other.url)]);
    ballast = await startBallast(site, { apply: false });
    const readyAt = performance.now();
    await other.received(1);
    return Math.max(0, other.firstAt - readyAt);
  } finally {
    await stuck.close();
    await ballast?.stop();
    await other.close();
    await site.remove();
  }
}

/** Half ends, a quarter recordings, a quarter events in lanes of a room each. */
function callback(at: number, url: string): NewCallback {
  const common = { key: `k${at}`, tenantId: 'default', meetingId: `room-${at % 200}`, dueAt: 0 };
  if (at % 4 === 0) {
    const claims = { meeting_id: common.meetingId, record_id: `record-${at}` };
    const content = { form: 'recording-ready', claims } as const;
    return { ...common, kind: 'recording-ready', target: `${url}/ready`, content };
  }
  if (at % 4 === 1) {
    const content = {
      form: 'hook',
      event: `{"data":{"id":"user-joined","n":${at}}}`,
      timestamp: at,
    } as const;
    return { ...common, kind: 'hook', lane: `${url} ${common.meetingId}`, target: `${url}/hook`, content };
  }
  const target = `${url}/end?recordingmarks=false&meetingID=${common.meetingId}`;
  return { ...common, kind: 'end', target, content: { form: 'get' } };
}

/** Puts callbacks into the database of a site on which no Ballast runs. */
async function fill(site: Site, callbacks: readonly NewCallback[]): Promise<void> {
  const store = await openStore(`sqlite:${join(site.folder, 'ballast.db')}`, { logger: silentLogger });
  const box = await CallbackOutbox.load({
    store: store.callbacks,
    onOutcome: () => undefined,
    now: Date.now,
  });
  for (let at = 0; at < callbacks.length; at += 500) await box.addAll(callbacks.slice(at, at + 500));
  await store.close();
}

/** A front end that takes callbacks; one that hangs takes none. */
class Receiver {
  firstAt = 0;
  lastAt = 0;
  readonly #server: Server;
  #count = 0;
  #wanted = Infinity;
  #onAll: () => void = () => undefined;

  private constructor(hangs: boolean) {
    this.#server = createServer((request, response) => {
      request.resume();
      if (hangs) return;
      response.end();
      this.lastAt = performance.now();
      if (this.#count === 0) this.firstAt = this.lastAt;
      this.#count += 1;
      if (this.#count >= this.#wanted) this.#onAll();
    });
  }

  static async listen(hangs = false): Promise<Receiver> {
    const receiver = new Receiver(hangs);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Resolves when so many have arrived; rejects after two minutes. */
  async received(count: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`${this.#count} of ${count} callbacks arrived within two minutes`));
      }, 120_000);
      this.#wanted = count;
      this.#onAll = resolve;
      if (this.#count >= count) resolve();
    }).finally(() => {
      clearTimeout(timer);
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
