import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { stringify } from 'yaml';
import { AppRig, newMeetingId } from '../support/app-rig.js';
import { readRules } from '../prometheus/rule-files.js';
import type { EngineName } from './install/engine.js';
import { runCommand } from './install/run-command.js';
import { engineRequest } from './rig/engine-request.js';
import { type EngineServer, requireEngine, startEngineServer } from './rig/engine-server.js';
import { pollUntil } from './rig/poll-until.js';

const FOLDER = fileURLToPath(new URL('../../prometheus/', import.meta.url));
const WAIT_MS = 30_000;

async function run(engine: EngineName, ...args: readonly string[]): Promise<string> {
  const { path } = await requireEngine(engine);
  return runCommand({ command: path, args, cwd: FOLDER, timeoutMs: 150_000 });
}

describe('the files in prometheus/', function () {
  this.timeout(150_000);

  it('are found right by promtool check config, targets and rules included', async () => {
    const output = await run('promtool', 'check', 'config', 'prometheus.yml');
    expect(output)
      .to.contain('2 rule files found')
      .and.to.contain(`${readRules().filter(isAlert).length} rules`);
    expect(output).to.not.match(/FAILED|WARNING/);
  });

  it('pass promtool test rules', async () => {
    const files = (await readdir(join(FOLDER, 'tests'))).filter((file) => file.endsWith('.test.yml'));
    const output = await run('promtool', 'test', 'rules', ...files.map((file) => `tests/${file}`));
    expect(output.match(/SUCCESS/g)).to.have.length(files.length);
  });

  it('are found right by amtool check-config', async () => {
    const output = await run('amtool', 'check-config', 'alertmanager.yml');
    expect(output).to.match(/SUCCESS\n.*5 inhibit rules\n.*2 receivers/s);
  });
});

describe('prometheus.yml on a real Prometheus with a Ballast at work', function () {
  this.timeout(90_000);
  let rig: AppRig;
  let prometheus: EngineServer;

  before(async () => {
    rig = await AppRig.start({ servers: 3 });
    for (let i = 0; i < 3; i += 1) await rig.create(newMeetingId());
    prometheus = await startConfigured(new URL(rig.app.url).host);
    // Groups are reckoned one after the other, some seconds apart.
    const recorded = [
      'count(ballast:server_in_service) == 3',
      'ballast:poll_lag_limit_seconds',
      'ballast:job_age_seconds',
    ];
    for (const promql of recorded) {
      await pollUntil(() => valueOf(promql), {
        what: promql,
        timeoutMs: WAIT_MS,
        context: () => prometheus.output,
      });
    }
  });

  after(async () => {
    await prometheus.stop();
    await rig.stop();
  });

  async function ask(path: string): Promise<unknown> {
    const answer = JSON.parse(await engineRequest({ url: `${prometheus.url}/api/v1/${path}` })) as {
      readonly data: unknown;
    };
    return answer.data;
  }

  async function valueOf(promql: string): Promise<number | undefined> {
    const { result } = (await ask(`query?query=${encodeURIComponent(promql)}`)) as {
      readonly result: readonly { readonly value: readonly [number, string] }[];
    };
    const [first] = result;
    return first === undefined ? undefined : Number(first.value[1]);
  }

  async function alerts(): Promise<readonly string[]> {
    const { alerts: all } = (await ask('alerts')) as {
      readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
    };
    return all.map(({ labels }) => `${labels.alertname ?? ''} ${labels.server ?? ''}`.trim());
  }

  it('scrapes Ballast as the rules expect it', async () => {
    expect(await valueOf('up{job="ballast",cluster="main"}')).to.equal(1);
    // A label `job` of its own gives way to the one of the scrape.
    expect(await valueOf('count(ballast_job_interval_seconds{exported_job="poll",job="ballast"})')).to.equal(
      1,
    );
    // 3 intervals of 1 s, and half a minute.
    expect(await valueOf('ballast:poll_lag_limit_seconds')).to.equal(33);
  });

  it('evaluates every rule without a fault', async () => {
    const { groups } = (await ask('rules')) as {
      readonly groups: readonly { readonly rules: readonly EvaluatedRule[] }[];
    };
    const evaluated = groups.flatMap((group) => group.rules);
    expect(evaluated).to.have.length(readRules().length);
    for (const { name, health, lastError } of evaluated)
      expect(`${name} ${health} ${lastError ?? ''}`).to.equal(`${name} ok `);
  });

  it('has nothing to say while all is well, and one thing when a server dies', async () => {
    // Before the first scrape no Ballast is there: that waits for a minute before it fires, and is over by now.
    await untilAlertsAre();
    await rig.sims[0]?.stop();
    // It waits for 30 s before it fires, and so would what follows from it.
    await untilAlertsAre('BallastServerOffline bbb1');
  });

  async function untilAlertsAre(...wanted: readonly string[]): Promise<void> {
    let seen: readonly string[] = [];
    await pollUntil(
      async () => {
        seen = await alerts();
        return seen.join() === wanted.join() ? true : undefined;
      },
      { what: `alerts: ${wanted.join() || 'none'}`, timeoutMs: WAIT_MS, context: () => seen.join('\n') },
    );
  }
});

interface EvaluatedRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

function isAlert({ alert }: { readonly alert?: string | undefined }): boolean {
  return alert !== undefined;
}

/** A Prometheus with a copy of our files that scrapes `target` and looks each second; nobody is told of alerts. */
async function startConfigured(target: string): Promise<EngineServer> {
  return startEngineServer({
    engine: 'prometheus',
    readyPath: '/-/ready',
    prepare: async ({ folder, port }) => {
      const config = join(folder, 'config');
      await cp(FOLDER, config, { recursive: true });
      const file = join(config, 'prometheus.yml');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace(/^( {2}\w+_(?:interval|timeout)): \d+s$/gm, '$1: 1s'));
      const targets = [{ targets: [target], labels: { cluster: 'main' } }];
      await writeFile(join(config, 'targets', 'ballast.yml'), stringify(targets));
      await writeFile(join(config, 'targets', 'alertmanager.yml'), '[]');
      const data = join(folder, 'data');
      return [
        `--config.file=${file}`,
        `--storage.tsdb.path=${data}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ];
    },
  });
}
