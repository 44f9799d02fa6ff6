import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { EngineProcess } from './rig/engine-process.js';
import { pollUntil } from './rig/poll-until.js';

const RIG = fileURLToPath(new URL('rig/engine-process.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WAIT_MS = 20_000;

describe('EngineProcess', () => {
  const started: EngineProcess[] = [];

  afterEach(async () => {
    for (const child of started.splice(0)) await child.kill();
  });

  function shell(script: string, env?: Readonly<Record<string, string>>): EngineProcess {
    const child = new EngineProcess({
      name: 'shell',
      path: '/bin/sh',
      args: ['-c', script],
      cwd: tmpdir(),
      env,
    });
    started.push(child);
    return child;
  }

  it('keeps the end of what an engine prints, and no more', async () => {
    const child = shell('yes 0123456789 | head -c 1000000; echo the end; exec sleep 60');
    await child.ready(async () => child.output.includes('the end'));
    expect(child.output).to.match(/^[\d\n]+the end\n$/);
    expect(child.output.length).to.be.at.most(64_000);
  });

  it('tells how it ended when it does not start', async () => {
    const child = shell('echo no such option >&2; exit 3');
    const message = await child.ready(async () => false).catch((error: unknown) => String(error));
    expect(message).to.equal('Error: shell ended at its start (3):\nno such option');
  });

  it('ends in order even while it is paused', async () => {
    const child = shell(`trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done`);
    await child.ready(async () => child.output.includes('up'));
    await child.pause();
    await child.stop();
    expect(await child.ended).to.equal(0);
    expect(child.output).to.equal('up\nbye\n');
  });

  it('is given what its test gives it, and no setting of whoever runs the tests', async () => {
    const child = shell('env; echo done; exec sleep 60', { INFLUX_TOKEN: 'given' });
    await child.ready(async () => child.output.includes('done'));
    const lines = child.output.split('\n').filter((line) => /^(INFLUX|TELEGRAF|BALLAST)/.test(line));
    expect(lines).to.deep.equal(['INFLUX_TOKEN=given']);
  });

  it('does not keep the test process from ending, and is named then', async () => {
    const tests = starter('');
    const closed = once(tests, 'close');
    let words = '';
    tests.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
    const [text] = (await once(tests.stdout.setEncoding('utf8'), 'data')) as [string];
    expect(await closed).to.deep.equal([0, null]);
    expect(words).to.contain('sleep was not stopped by the test that started it');
    await untilGone(pidIn(text));
  });

  it('dies with the test process, even when that is killed', async () => {
    const tests = starter('setInterval(() => {}, 1000)');
    const closed = once(tests, 'close');
    try {
      const [text] = (await once(tests.stdout.setEncoding('utf8'), 'data')) as [string];
      const pid = pidIn(text);
      expect(isRunning(pid)).to.equal(true);
      tests.kill('SIGKILL');
      await untilGone(pid);
    } finally {
      tests.kill('SIGKILL');
      await closed;
    }
  });
});

/** A process that starts an engine, tells its pid, and then does `rest`. */
function starter(rest: string): ChildProcessByStdio<null, Readable, Readable> {
  const script = `
    const { EngineProcess } = await import(${JSON.stringify(RIG)});
    const child = new EngineProcess({ name: 'sleep', path: 'sleep', args: ['300'], cwd: '/' });
    console.log('child ' + child.pid);
    ${rest}
  `;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  return spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Whoever inherits it takes a moment to notice its end. */
async function untilGone(pid: number): Promise<void> {
  await pollUntil(async () => (isRunning(pid) ? undefined : true), { what: 'end', timeoutMs: WAIT_MS });
}

function pidIn(text: string): number {
  return Number(/^child (\d+)/.exec(text)?.[1]);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
