import { expect } from 'chai';
import { startSimServer, type SimServer } from '../../src/sim/sim-server.js';
import { until, type AppRig } from '../support/app-rig.js';
import {
  furnishRecordings,
  recordIdsIn,
  simRecording,
  startRecordingRig,
  untilListed,
} from '../support/recording-rig.js';

function untilGone(rig: AppRig, id: string): Promise<void> {
  return until(`${id} is offline`, async () => {
    const view = (await rig.admin('GET', `servers/${id}`)) as { readonly health: string };
    return view.health === 'offline';
  });
}

async function unread(rig: AppRig): Promise<string | undefined> {
  const { text } = await rig.send('/metrics');
  return /^ballast_recording_servers_unread (.*)$/m.exec(text)?.[1];
}

describe('recordings of servers in trouble', () => {
  let rig: AppRig;
  let first: SimServer;
  let second: SimServer;

  beforeEach(async () => {
    rig = await startRecordingRig();
    [first, second] = [rig.sims[0]!, rig.sims[1]!];
  });

  afterEach(() => rig.stop());

  const list = (query = 'state=any') => rig.call('getRecordings', query);

  it('stay listed while their server is down', async () => {
    await furnishRecordings(rig, second, simRecording('b1'));
    await second.refuse();
    await untilGone(rig, second.id);
    expect(recordIdsIn((await list()).text)).to.deep.equal(['b1']);
  });

  it('are both listed when two servers have the same, and changed on both', async () => {
    first.recordings.save(simRecording('a1'));
    second.recordings.save(simRecording('a1'));
    await untilListed(rig, ['a1', 'a1']);
    const answer = await rig.call('publishRecordings', { recordID: 'a1,a1,', publish: false });
    expect(answer.element('published')).to.equal('false');
    expect(answer.messageKey).to.equal(undefined);
    for (const sim of rig.sims) expect(sim.recordings.find('a1')?.state).to.equal('unpublished');
    expect(recordIdsIn((await list('state=unpublished')).text)).to.deep.equal(['a1', 'a1']);
  });

  it('are changed where they can be, which the answer says, and on the others once they are back', async () => {
    first.recordings.save(simRecording('a1'));
    second.recordings.save(simRecording('a1'));
    await untilListed(rig, ['a1', 'a1']);
    await second.refuse();
    const answer = await rig.call('publishRecordings', { recordID: 'a1', publish: false });
    expect(answer).to.include({ returnCode: 'SUCCESS', messageKey: 'changePending' });
    expect(answer.element('published')).to.equal('false');
    // The truth: the one that is down still has it as it was.
    expect(recordIdsIn((await list('state=published')).text)).to.deep.equal(['a1']);
    expect(recordIdsIn((await list('state=unpublished')).text)).to.deep.equal(['a1']);
    await second.accept();
    await until('the second knows', () => second.recordings.find('a1')?.state === 'unpublished', 15_000);
    await untilListed(rig, ['a1', 'a1'], 'state=unpublished');
  }).timeout(30_000);

  it('keep no change when none of their servers could be told', async () => {
    await furnishRecordings(rig, second, simRecording('b1'));
    await second.refuse();
    const answer = await rig.call('deleteRecordings', { recordID: 'b1' });
    expect(answer).to.include({ returnCode: 'FAILED', messageKey: 'serverUnavailable' });
    const said = rig.logger.entries.find(({ message }) => message.startsWith('a recording call met servers'));
    expect(said?.fields).to.include({ call: 'deleteRecordings', recordings: 1 });
    expect(said?.fields).to.deep.include({ servers: [second.id], recordIds: ['b1'] });
    expect(recordIdsIn((await list()).text)).to.deep.equal(['b1']);
  });

  it('leave with a server that leaves, and stay with one that is disabled', async () => {
    await furnishRecordings(rig, first, simRecording('a1'));
    await furnishRecordings(rig, second, simRecording('b1'));
    await rig.admin('POST', `servers/${second.id}/disable`);
    expect(recordIdsIn((await list()).text)).to.have.members(['a1', 'b1']);
    await rig.admin('DELETE', `servers/${second.id}`);
    await untilListed(rig, ['a1']);
  });
});

describe('recordings of a server that was never read', () => {
  let rig: AppRig;
  const listed = ['a1'];

  before(async () => {
    rig = await startRecordingRig({ servers: 1 });
    await furnishRecordings(rig, rig.sims[0]!, simRecording('a1'));
  });

  after(() => rig.stop());

  it('are named as what makes lists fail, and no longer do once it is disabled', async () => {
    const late = await startSimServer({ id: 'unread', secret: 's' });
    late.recordings.save(simRecording('unread'));
    await late.stop();
    await rig.admin('POST', 'servers', { id: late.id, url: late.url, secret: 's' });
    await untilGone(rig, late.id);
    const known = `servers/${rig.sims[0]!.id}`;
    expect(await rig.admin('GET', known)).to.have.property('recordingsRead', true);
    expect(await rig.admin('GET', 'servers/unread')).to.have.property('recordingsRead', false);
    expect(await rig.call('getRecordings')).to.include({ messageKey: 'serverUnavailable' });
    expect(await unread(rig)).to.equal('1');
    const refused = rig.logger.entries.find(({ message }) => message === 'call refused');
    expect(refused?.fields.cause).to.have.property('message', 'recordings of unread were never read');
    await rig.admin('POST', 'servers/unread/disable');
    await untilListed(rig, ['a1']);
    expect(await unread(rig)).to.equal('0');
    const said = rig.logger.lines.filter((line) => line.includes('never read'));
    expect(said).to.have.length(2);
    expect(said[0]).to.include('warn every getRecordings fails: recordings of server unread ');
    expect(said[1]).to.include('warn recordings of the disabled server unread are missing in every list');
    await rig.admin('DELETE', 'servers/unread');
  });

  it('are in the first list where it was disabled from the start and answers', async () => {
    const late = await startSimServer({ id: 'idle', secret: 's' });
    try {
      late.recordings.save(simRecording('idle'));
      await rig.admin('POST', 'servers', { id: late.id, url: late.url, secret: 's', state: 'disabled' });
      const answer = await rig.call('getRecordings', 'state=any');
      expect([...recordIdsIn(answer.text)].sort()).to.deep.equal(['a1', 'idle']);
      expect(await rig.admin('GET', 'servers/idle')).to.have.property('recordingsRead', true);
      await rig.admin('DELETE', 'servers/idle');
    } finally {
      await late.stop();
    }
  });

  for (const kind of ['html', 'garbage', 'cut', 'abort', 'reset', 'wrongSecret'] as const) {
    it(`make no list with a gap while it answers with ${kind}`, async () => {
      const late = await startSimServer({ id: `late-${kind}`, secret: 's' });
      try {
        late.faults.set('getRecordings', { kind });
        late.recordings.save(simRecording(kind));
        await rig.admin('POST', 'servers', { id: late.id, url: late.url, secret: 's' });
        const answer = await rig.call('getRecordings', 'state=any');
        expect(answer).to.include({ status: 200, returnCode: 'FAILED', messageKey: 'serverUnavailable' });
        expect(answer.text).not.to.include('<recording>');
        // Who names what is known misses nothing.
        expect(recordIdsIn((await rig.call('getRecordings', 'recordID=a1')).text)).to.deep.equal(['a1']);
        expect((await rig.call('getRecordings', 'recordID=a')).returnCode).to.equal('FAILED');
        late.faults.clear();
        listed.push(kind);
        await untilListed(rig, listed);
      } finally {
        await late.stop();
      }
    }).timeout(20_000);
  }
});
