import { expect } from 'chai';
import { LateNameError, type LookupDone, LookupLane } from '../../src/callbacks/lookup-lane.js';
import { ManualClock, settle } from '../support/manual-clock.js';

const ADDRESS = { address: '203.0.113.7', family: 4 };

function laneRig() {
  const clock = new ManualClock();
  /** Under way: each by name. */
  const running: { readonly hostname: string; readonly done: LookupDone }[] = [];
  const asked: string[] = [];
  const lane = new LookupLane({
    lookup: (hostname, _options, done) => {
      asked.push(hostname);
      running.push({ hostname, done });
    },
    now: clock.now,
    setTimer: clock.setTimer,
  });
  return {
    ...{ clock, running, asked },
    /** Ends the one under way. */
    end: (error: Error | null = null): void => running.shift()?.done(error, error === null ? [ADDRESS] : []),
    /** What was said of a name, as it comes. */
    find: (hostname: string): string[] => {
      const said: string[] = [];
      lane.find(hostname, (error, [first]) => {
        said.push(error === null ? (first?.address ?? 'nothing') : error.name);
      });
      return said;
    },
  };
}

describe('look-ups of the names that callbacks go to', () => {
  it('are never two at once, however many hang, and are answered in time all the same', async () => {
    const rig = laneRig();
    const said = Array.from({ length: 12 }, (_, at) =>
      Array.from({ length: 10 }, () => rig.find(`dead-${at}.example`)),
    ).flat();
    await rig.clock.advance(8_000);
    expect(rig.asked).to.deep.equal(['dead-0.example']);
    expect(said).to.deep.equal(Array.from({ length: 120 }, () => [new LateNameError().name]));
    expect(rig.running).to.have.length(1);
  });

  it('are shared by all who want the name', () => {
    const rig = laneRig();
    const said = [rig.find('front.example'), rig.find('front.example')];
    rig.end();
    expect(said).to.deep.equal([[ADDRESS.address], [ADDRESS.address]]);
    expect(rig.asked).to.deep.equal(['front.example']);
    rig.find('front.example');
    expect(rig.asked).to.have.length(2);
  });

  it('of a name that hung are refused for a minute, and then come after all others', async () => {
    const rig = laneRig();
    rig.find('dead.example');
    await rig.clock.advance(20_000);
    rig.end(new Error('EAI_AGAIN'));
    const again = rig.find('dead.example');
    await settle();
    expect([again, rig.asked]).to.deep.equal([['Error'], ['dead.example']]);
    await rig.clock.advance(60_000);
    rig.find('busy.example');
    rig.find('dead.example');
    rig.find('front.example');
    rig.end();
    rig.end();
    rig.end();
    expect(rig.asked.slice(1)).to.deep.equal(['busy.example', 'front.example', 'dead.example']);
  });

  it('of a name that failed quickly are tried again at once', () => {
    const rig = laneRig();
    const first = rig.find('new.example');
    rig.end(new Error('ENOTFOUND'));
    const second = rig.find('new.example');
    rig.end();
    expect([first, second]).to.deep.equal([['Error'], [ADDRESS.address]]);
  });

  it('that come too late are made up for by what was known, for ten minutes', async () => {
    const rig = laneRig();
    rig.find('front.example');
    rig.end();
    rig.find('dead.example');
    const waiting = rig.find('front.example');
    await rig.clock.advance(2_000);
    expect(waiting).to.deep.equal([ADDRESS.address]);
    await rig.clock.advance(600_000);
    const late = rig.find('front.example');
    await rig.clock.advance(8_000);
    expect(late).to.deep.equal(['LateNameError']);
  });

  it('go on behind one that hung', async () => {
    const rig = laneRig();
    rig.find('dead.example');
    await rig.clock.advance(5_000);
    const said = rig.find('front.other');
    await rig.clock.advance(5_000);
    rig.end(new Error('EAI_AGAIN'));
    rig.end();
    expect([said, rig.asked]).to.deep.equal([[ADDRESS.address], ['dead.example', 'front.other']]);
  });

  it('are left out for names that nobody waits for any more', async () => {
    const rig = laneRig();
    for (let at = 0; at < 60; at += 1) rig.find(`host-${at}.dead.example`);
    await rig.clock.advance(9_000);
    const said = rig.find('good.test');
    await rig.clock.advance(1_000);
    rig.end(new Error('EAI_AGAIN'));
    rig.end();
    expect([said, rig.asked]).to.deep.equal([[ADDRESS.address], ['host-0.dead.example', 'good.test']]);
  });

  it('come first for names that ever resolved, be it long ago or with a failure since', async () => {
    const rig = laneRig();
    for (const name of ['old.test', 'failed.test']) {
      rig.find(name);
      rig.end();
    }
    rig.find('failed.test');
    rig.end(new Error('EAI_AGAIN'));
    await rig.clock.advance(700_000);
    rig.find('host-0.dead.example');
    await rig.clock.advance(4_000);
    for (const name of ['host-1.dead.example', 'new.test', 'failed.test', 'old.test']) rig.find(name);
    const asked = rig.asked.length;
    for (let at = 0; at < 5; at += 1) rig.end();
    const order = ['failed.test', 'old.test', 'host-1.dead.example', 'new.test'];
    expect(rig.asked.slice(asked)).to.deep.equal(order);
  });

  it('of a new name are not held up by many of a zone where one has hung, whatever came first', async () => {
    const rig = laneRig();
    const findDead = (): void => {
      for (let at = 0; at < 60; at += 1) rig.find(`host-${at}.dead.example`);
    };
    findDead();
    await rig.clock.advance(9_000);
    findDead();
    const said = rig.find('good.test');
    await rig.clock.advance(1_000);
    rig.end(new Error('EAI_AGAIN'));
    rig.end();
    expect([said, rig.asked.slice(0, 2)]).to.deep.equal([
      [ADDRESS.address],
      ['host-0.dead.example', 'good.test'],
    ]);
  });

  it('start anew for who asks while others are told of a failure', () => {
    const running: LookupDone[] = [];
    const clock = new ManualClock();
    const lane = new LookupLane({
      lookup: (_hostname, _options, done) => running.push(done),
      now: clock.now,
      setTimer: clock.setTimer,
    });
    const said: string[] = [];
    lane.find('front.example', () => {
      lane.find('front.example', (_error, [first]) => said.push(first?.address ?? 'nothing'));
    });
    running[0]?.(new Error('ENOTFOUND'), []);
    running[1]?.(null, [ADDRESS]);
    expect(said).to.deep.equal([ADDRESS.address]);
  });
});
