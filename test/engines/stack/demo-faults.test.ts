import { expect } from 'chai';
import { until } from '../../support/app-rig.js';
import { runDemoFaults } from './demo-faults.js';
import type { Stack } from './start-stack.js';

describe('runDemoFaults', () => {
  /** A stack whose services only note what is done to them. */
  function notedStack(done: string[]): Pick<Stack, 'service'> {
    const service = (name: string) => ({
      kill: () => Promise.resolve(void done.push(`kill ${name}`)),
      start: () => Promise.resolve(void done.push(`start ${name}`)),
    });
    return { service: service as unknown as Stack['service'] };
  }

  it('kills a server, the source and a Telegraf in turn, each back before the next', async () => {
    const [done, said, stop]: [string[], string[], AbortController] = [[], [], new AbortController()];
    const running = runDemoFaults({
      stack: notedStack(done),
      say: (line) => said.push(line),
      signal: stop.signal,
      minuteMs: 0.5,
    });
    await until('a second round', () => done.length > 6);
    stop.abort();
    await running;
    const round = ['bbb3', 'influxdb', 'telegraf'].flatMap((name) => [`kill ${name}`, `start ${name}`]);
    expect(done.slice(0, 7)).to.deep.equal([...round, 'kill bbb3']);
    expect(said[0]).to.equal('a server dies: bbb3 is killed for 3 minutes');
  });

  it('starts nothing any more once it is to end', async () => {
    const [done, stop]: [string[], AbortController] = [[], new AbortController()];
    const minuteMs = 20;
    const running = runDemoFaults({
      ...{ stack: notedStack(done), signal: stop.signal, minuteMs },
      say: () => {
        stop.abort();
      },
    });
    await running;
    expect(done).to.deep.equal(['kill bbb3']);
  });
});
