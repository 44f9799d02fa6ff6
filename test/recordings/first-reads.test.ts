import { expect } from 'chai';
import { RecordingLogger } from '../support/recording-logger.js';
import { listedRecordings } from '../support/listing-servers.js';
import { until } from '../support/app-rig.js';
import { WalkerRig } from '../support/walker-rig.js';

const FAILS =
  'warn every getRecordings fails: recordings of server bbb2 were never read; bring it back, or disable or remove it';
const LACKS = 'warn recordings of the disabled server bbb2 are missing in every list: they were never read';

describe('the first read of a server', () => {
  let rig: WalkerRig;
  let log: RecordingLogger;

  beforeEach(async () => {
    rig = await WalkerRig.start('bbb1', 'bbb2');
    rig.logger = log = new RecordingLogger();
    await rig.restart();
    rig.listing.servers.get('bbb2')!.recordings = listedRecordings(1);
  });

  afterEach(() => rig.stop());

  const bbb2 = () => rig.listing.servers.get('bbb2')!;
  const breakBbb2 = (): void => {
    bbb2().onAsked = () => {
      throw new Error('it hangs up');
    };
  };
  const rounds = async (): Promise<void> => {
    for (let round = 0; round < 3; round += 1) await rig.round();
  };

  it('comes also when the server is disabled, once, and no list goes out before', async () => {
    rig.set('bbb2', { isDisabled: true });
    expect(rig.walker.isWhole).to.equal(false);
    expect(await rig.walker.findGap()).to.equal(undefined);
    await rig.round();
    expect(await rig.entries()).to.deep.equal(['bbb2/r00000']);
    const asked = rig.walks.filter((walk) => walk.startsWith('bbb2')).length;
    await rounds();
    expect(rig.walks.filter((walk) => walk.startsWith('bbb2'))).to.have.length(asked);
  });

  it('of a server that is offline is waited for, which the log says once with the way out', async () => {
    rig.set('bbb2', { isGone: true });
    await rounds();
    expect((await rig.walker.findGap())?.message).to.equal('recordings of bbb2 were never read');
    expect(log.lines).to.deep.equal([FAILS]);
    expect(log.entries[0]?.fields).to.deep.equal({ serverId: 'bbb2' });
  });

  it('is said to fail where the first list asks, before the next round', async () => {
    await rig.round();
    rig.add('bbb9');
    rig.set('bbb9', { isGone: true });
    expect((await rig.walker.findGap())?.message).to.equal('recordings of bbb9 were never read');
    expect(log.lines).to.deep.equal([FAILS.replace('bbb2', 'bbb9')]);
  });

  it('that fails is told with its cause, in the log and to whoever asked for a list', async () => {
    breakBbb2();
    await rounds();
    expect(log.lines.filter((line) => line.startsWith('warn'))).to.deep.equal([FAILS]);
    expect(log.entries[0]?.fields.error).to.have.property('message', 'it hangs up');
    const gap = await rig.walker.findGap();
    expect(gap?.message).to.equal('recordings of bbb2 were never read');
    expect(gap?.cause).to.have.property('message', 'it hangs up');
    delete bbb2().onAsked;
    await rounds();
    expect(await rig.walker.findGap()).to.equal(undefined);
    expect(log.lines.at(-1)).to.equal('info recordings of server bbb2 are listed now');
  });

  it('is not held up by disabled servers that say nothing', async () => {
    let letGo: () => void = () => undefined;
    const silence = new Promise<void>((resolve) => (letGo = resolve));
    for (let at = 0; at < 20; at += 1) {
      rig.add(`off${at}`);
      rig.set(`off${at}`, { isDisabled: true });
      rig.listing.servers.get(`off${at}`)!.onAsked = () => silence;
    }
    rig.add('bbb9');
    rig.walker.refresh();
    await until('bbb9 was read', () => rig.walks.includes('bbb9 ok'));
    letGo();
  });

  it('holds up no list where the server is disabled and cannot be read; the log says what is missing', async () => {
    rig.set('bbb2', { isGone: true });
    await rounds();
    // The pool does not know how a disabled server is.
    rig.set('bbb2', { isGone: false, isDisabled: true });
    breakBbb2();
    expect(await rig.walker.findGap()).to.equal(undefined);
    await rounds();
    expect(log.lines.filter((line) => line.startsWith('warn'))).to.deep.equal([FAILS, LACKS]);
    rig.set('bbb2', { isDisabled: false });
    expect(rig.walker.isWhole).to.equal(false);
  });
});
