import { expect } from 'chai';
import { FreshPolls } from '../../src/pool/fresh-polls.js';
import { newEntry, type PollRun, type ServerEntry } from '../../src/pool/server-entry.js';
import { serverDefinition } from '../support/poll-xml.js';

const START = 1_800_000_000_000;

function rig() {
  const entry = newEntry(serverDefinition('bbb1'), 0, START);
  const entries = new Map<string, ServerEntry>([['bbb1', entry]]);
  let now = START;
  const fresh = new FreshPolls({ entries, runNow: () => undefined, now: () => now });
  return {
    ...{ entry, entries, fresh },
    /** A poll that begins now. */
    begin: (): PollRun => ({
      startedAt: now,
      mark: fresh.mark,
      controller: new AbortController(),
      outcome: undefined,
    }),
    elapse: (ms: number): void => {
      now += ms;
    },
  };
}

describe('FreshPolls', () => {
  it('has no fresh poll of a server that never answered or is not there', () => {
    const { fresh } = rig();
    fresh.markChanged('other');
    expect([fresh.hasFreshPoll('bbb1', 1_000), fresh.hasFreshPoll('other', 1_000)]).to.deep.equal([
      false,
      false,
    ]);
    expect(fresh.mark).to.equal(0);
  });

  it('counts the age of a poll from its beginning', () => {
    const { entry, fresh, begin, elapse } = rig();
    const run = begin();
    elapse(400);
    entry.lastGood = run;
    elapse(600);
    expect(fresh.hasFreshPoll('bbb1', 1_000)).to.equal(true);
    elapse(1);
    expect(fresh.hasFreshPoll('bbb1', 1_000)).to.equal(false);
    expect(fresh.hasFreshPoll('bbb1', 1_001)).to.equal(true);
  });

  it('takes no poll for fresh that began before the last change, even within the same millisecond', () => {
    const { entry, fresh, begin } = rig();
    entry.lastGood = begin();
    expect(fresh.hasFreshPoll('bbb1', 1_000)).to.equal(true);
    const early = begin();
    fresh.markChanged('bbb1');
    expect(fresh.hasFreshPoll('bbb1', 1_000)).to.equal(false);
    entry.lastGood = early;
    expect(fresh.hasFreshPoll('bbb1', 1_000)).to.equal(false);
    entry.lastGood = begin();
    expect(fresh.hasFreshPoll('bbb1', 1_000)).to.equal(true);
  });

  it('keeps a poll fresh when another server changes', () => {
    const { entry, entries, fresh, begin } = rig();
    entries.set('bbb2', newEntry(serverDefinition('bbb2'), 0, START));
    entry.lastGood = begin();
    fresh.markChanged('bbb2');
    expect(fresh.hasFreshPoll('bbb1', 1_000)).to.equal(true);
  });
});
