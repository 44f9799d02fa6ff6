import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { ArchiveFault } from '../../../src/recordings/archive/archive-fault.js';
import { unpackArchive } from '../../../src/recordings/archive/unpack-archive.js';
import { tarOf } from '../../support/archive-rig.js';

/** One tar header by hand, with its checksum; what no packer would write. */
function header(name: string, { size = 0, flag = '0' }: { size?: number; flag?: string } = {}): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write('0000644\0', 100);
  block.write('0000000\0'.repeat(2), 108);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(flag, 156);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const END = Buffer.alloc(1024);

describe('unpackArchive', () => {
  let folder: string;
  let target: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-unpack-'));
    target = join(folder, 'a', 'target');
    mkdirSync(target, { recursive: true });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const unpack = async (tar: Buffer, maxBytes = 1_000_000): Promise<unknown> => {
    writeFileSync(join(folder, 'x.tar'), tar);
    const options = { maxBytes, signal: new AbortController().signal, isSynced: false };
    try {
      await unpackArchive(join(folder, 'x.tar'), target, options);
      return undefined;
    } catch (error) {
      return error;
    }
  };

  const hostile: Readonly<Record<string, [() => Promise<Buffer> | Buffer, RegExp]>> = {
    'leads out by ..': [() => tarOf({ '../escaped': 'x' }), /leads out/],
    'leads out in the middle': [() => tarOf({ 'presentation/../../../escaped': 'x' }), /leads out/],
    'leads out by a long name': [
      () => tarOf({ [`${'x/'.repeat(120)}../../escaped`]: 'x' }),
      /leads out|nested/,
    ],
    'is absolute': [() => tarOf({ '/tmp/ballast-escaped': 'x' }), /absolute/],
    'has a backslash': [() => tarOf({ '..\\escaped': 'x' }), /backslashes/],
    'has a control character': [() => tarOf({ 'a\nb': 'x' }), /control characters/],
    'is longer than 1 KiB': [() => tarOf({ [`${'x'.repeat(200)}/`.repeat(6)]: 'x' }), /too long/],
    'has a part longer than 255': [() => tarOf({ ['x'.repeat(300)]: 'x' }), /too long/],
    'comes twice': [async () => Buffer.concat([header('a'), header('a'), END]), /twice/],
    'is a file and a folder': [() => tarOf({ a: 'x', 'a/b': 'x' }), /file and as a folder/],
    'is a symbolic link': [() => tarOf({}, [{ name: 'link', type: 'symlink', linkname: '/etc' }]), /symlink/],
    'is a hard link': [
      () => tarOf({}, [{ name: 'link', type: 'link', linkname: '/etc/passwd' }]),
      /holds a link/,
    ],
    'is a device': [() => tarOf({}, [{ name: 'dev', type: 'character-device' }]), /character-device/],
    'is a pipe': [() => tarOf({}, [{ name: 'pipe', type: 'fifo' }]), /fifo/],
    'is sparse': [() => Buffer.concat([header('sparse', { flag: 'S' }), END]), /only files and folders/],
    'is sparse by pax': [
      () =>
        Buffer.concat([
          header('pax', { flag: 'x', size: 22 }),
          Buffer.concat([Buffer.from('22 GNU.sparse.major=1\n')], 512),
          header('sparse'),
          END,
        ]),
      /sparse/,
    ],
    'tells a size below nothing': [
      () =>
        Buffer.concat([
          header('pax', { flag: 'x', size: 11 }),
          Buffer.concat([Buffer.from('11 size=-5\n')], 512),
          header('odd'),
          END,
        ]),
      /size|unpacked/,
    ],
    'is larger than all may be': [
      () => tarOf({ a: Buffer.alloc(60_000), b: Buffer.alloc(60_000) }),
      /larger/,
    ],
    'lies about its size': [() => Buffer.concat([header('a', { size: 2 ** 32 }), END]), /larger|unpacked/],
    'is cut in its content': [() => Buffer.concat([header('a', { size: 5000 }), END]), /unpacked/],
    'is cut between two entries': [
      async () => (await tarOf({ a: 'x', b: 'y' })).subarray(0, 1024),
      /its end is missing/,
    ],
    'is empty': [() => Buffer.alloc(0), /end is missing/],
    'is a bomb of zeros': [
      async () => gzipSync(Buffer.concat([header('a'), Buffer.alloc(50_000_000)])),
      /larger/,
    ],
    'is a bomb of gzip': [async () => gzipSync(await tarOf({ a: Buffer.alloc(50_000_000) })), /larger/],
  };
  for (const [name, [tar, reason]] of Object.entries(hostile)) {
    it(`refuses an entry that ${name}, and writes nothing outside`, async () => {
      const fault = await unpack(await tar(), 100_000);
      expect(fault, String(fault)).to.be.instanceOf(ArchiveFault);
      expect((fault as ArchiveFault).message).to.match(reason);
      expect((fault as ArchiveFault).isFinal).to.equal(true);
      expect(readdirSync(folder).sort()).to.deep.equal(['a', 'x.tar']);
      expect(readdirSync(join(folder, 'a'))).to.deep.equal(['target']);
      expect(existsSync('/tmp/ballast-escaped')).to.equal(false);
    });
  }

  it('stops where the disk has no room for the next entry', async () => {
    writeFileSync(join(folder, 'x.tar'), await tarOf({ a: 'x' }));
    const full = new ArchiveFault('disk-full', 'no room');
    const options = {
      ...{ maxBytes: 1000, signal: new AbortController().signal, isSynced: false },
      requireSpace: () => Promise.reject(full),
    };
    const fault: unknown = await unpackArchive(join(folder, 'x.tar'), target, options).catch(
      (error: unknown) => error,
    );
    expect(fault).to.equal(full);
    expect(readdirSync(target)).to.deep.equal([]);
  });

  it('refuses a million empty entries long before the last', async function () {
    this.timeout(30_000);
    const some = Buffer.concat(Array.from({ length: 10_000 }, () => header('folder/', { flag: '5' })));
    // Gzip may be joined as it is: half a gigabyte of tar that is never in memory.
    const tar = Buffer.concat([...Array.from({ length: 100 }, () => gzipSync(some)), gzipSync(END)]);
    const startedAt = performance.now();
    const fault = await unpack(tar);
    expect(String(fault)).to.include('more than 100000 entries');
    expect(performance.now() - startedAt).to.be.lessThan(20_000);
  });

  it('takes deep names of GNU and pax, and ./ in front', async () => {
    const name = `presentation/${'x'.repeat(60)}/${'y'.repeat(60)}/file.txt`;
    expect(await unpack(await tarOf({ [`./${name}`]: 'here' }))).to.equal(undefined);
    expect(existsSync(join(target, name))).to.equal(true);
  });

  it('says it was cut, and not that the archive is faulty, when it is stopped', async () => {
    writeFileSync(join(folder, 'x.tar'), await tarOf({ a: 'x' }));
    const options = { maxBytes: 1000, signal: AbortSignal.abort(), isSynced: false };
    const fault: unknown = await unpackArchive(join(folder, 'x.tar'), target, options).catch(
      (error: unknown) => error,
    );
    expect(fault).to.be.instanceOf(Error).and.not.instanceOf(ArchiveFault);
  });
});
