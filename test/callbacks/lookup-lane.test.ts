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

  it('go on behind one that hung, also for names that nobody waits for any more', async () => {
    const rig = laneRig();
    rig.find('dead.example');
    const said = rig.find('front.example');
    await rig.clock.advance(10_000);
    rig.end(new Error('EAI_AGAIN'));
    rig.end();
    expect([said, rig.asked]).to.deep.equal([['LateNameError'], ['dead.example', 'front.example']]);
    rig.find('slow.example');
    const next = rig.find('front.example');
    await rig.clock.advance(2_000);
    expect(next).to.deep.equal([ADDRESS.address]);
  });
});
