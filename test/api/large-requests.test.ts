import { expect } from 'chai';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { AppRig, newMeetingId } from '../support/app-rig.js';
import type { RunningBallast } from '../system/running-ballast.js';
import { SystemRig } from '../system/system-rig.js';

const MIB = 1_048_576;
const LONG = 64 * 1_024;

describe('large requests', () => {
  let rig: AppRig;

  before(async () => {
    rig = await AppRig.start({ servers: 1 });
  });

  after(() => rig.stop());

  it('a query of 64 KiB reaches the server as it came', async () => {
    const id = newMeetingId();
    const start = `name=Room&meetingID=${id}&welcome=`;
    const query = start + 'x'.repeat(LONG - start.length);
    const answer = await rig.call('create', query);
    expect(answer.returnCode).to.equal('SUCCESS');
    const [got] = rig.sims[0]!.calls.requests('create').slice(-1);
    expect(got?.query.startsWith(`${query}&checksum=`)).to.equal(true);
    const joined = await rig.call(
      'join',
      `meetingID=${id}&fullName=x&role=VIEWER&userdata-x=${'y'.repeat(60_000)}`,
    );
    expect(joined.status).to.equal(302);
    expect(String(joined.headers.location)).to.have.length.above(60_000);
  });

  it('3,000 parameters reach the server in their order', async () => {
    const id = newMeetingId();
    const many = Array.from({ length: 3_000 }, (_, at) => `meta_p${at}=${at}`).join('&');
    const query = `name=Room&meetingID=${id}&${many}`;
    expect((await rig.call('create', query)).returnCode).to.equal('SUCCESS');
    expect(rig.sims[0]?.meetings.find(id)?.settings.metadata.size).to.equal(3_000);
    const [got] = rig.sims[0]!.calls.requests('create').slice(-1);
    expect(got?.query.startsWith(`${query}&`)).to.equal(true);
  });

  it('a request line beyond the limit gets 431', async () => {
    const answer = await rig.call('create', `name=Room&meetingID=ab&x=${'x'.repeat(200_000)}`);
    expect(answer.status).to.equal(431);
  });

  it('a body beyond the limit gets 413 before it is read', async () => {
    const small = await AppRig.start({ servers: 1, settings: { body: { maxSize: '2MiB' } } });
    try {
      const options = { body: randomBytes(3 * MIB), contentType: 'application/xml' };
      const answer = await small.call('create', { name: 'Room', meetingID: newMeetingId() }, options);
      expect(answer).to.include({ status: 413, messageKey: 'requestTooLarge' });
      expect(small.sims[0]?.calls.count('create')).to.equal(0);
    } finally {
      await small.stop();
    }
  });
});

describe('a presentation of 64 MiB', () => {
  let rig: SystemRig;
  let ballast: RunningBallast;

  before(async function () {
    this.timeout(40_000);
    rig = new SystemRig();
    await rig.addSims(1);
    ballast = await rig.serve({ settings: { body: { spoolDirectory: rig.folder } } });
  });

  after(() => rig.stop());

  it('arrives byte for byte, costs a process in use less than 30 MB and leaves no file', async function () {
    this.timeout(30_000);
    // The buffers of the first uploads stay with the allocator; what is measured is what the next one adds.
    await upload(16 * MIB);
    await upload(16 * MIB);
    const before = residentBytes();
    let most = before;
    const watching = setInterval(() => {
      most = Math.max(most, residentBytes());
    }, 10);
    try {
      const sent = await upload(64 * MIB);
      const [got] = rig.sims[0]!.calls.requests('create').slice(-1);
      expect(got).to.include({ bodyBytes: sent.length, bodySha256: sha256(sent) });
    } finally {
      clearInterval(watching);
    }
    expect((most - before) / 1e6).to.be.below(30);
    expect(readdirSync(rig.folder).filter((name) => name.startsWith('ballast-body-'))).to.deep.equal([]);
  });

  async function upload(length: number): Promise<Buffer> {
    const document = '<modules><module name="presentation"><document name="a.pdf">';
    const end = '</document></module></modules>';
    const content = randomBytes(MIB / 2).toString('hex');
    const filled = Buffer.alloc(length - document.length - end.length, content);
    const body = Buffer.concat([Buffer.from(document), filled, Buffer.from(end)]);
    const answer = await ballast.tryCreate(
      newMeetingId(),
      {},
      { method: 'POST', body, headers: { 'content-type': 'application/xml' } },
    );
    expect(answer.text).to.include('<returncode>SUCCESS');
    return body;
  }

  /** From the kernel: asking the process itself would cost memory. */
  function residentBytes(): number {
    const status = readFileSync(`/proc/${ballast.process.pid}/status`, 'latin1');
    return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) * 1_024;
  }
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
