import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { MultipartReader } from '../../../src/sim/http/multipart-reader.js';

const TYPE = 'multipart/form-data; boundary=xyz';

function bodyOf(parts: readonly { name: string; fileName?: string; content: Buffer }[]): Buffer {
  const pieces = parts.flatMap(({ name, fileName, content }) => [
    Buffer.from('--xyz\r\nContent-Disposition: form-data; '),
    Buffer.from(`name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n\r\n`),
    content,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from('--xyz--\r\n')]);
}

function read(body: Buffer, cuts: readonly number[]): ReturnType<MultipartReader['end']> {
  const reader = MultipartReader.of(TYPE);
  if (!reader) throw new Error('the type has a boundary');
  let from = 0;
  for (const cut of [...cuts, body.length]) {
    reader.write(body.subarray(from, cut));
    from = cut;
  }
  return reader.end();
}

describe('sim multipart reader', () => {
  it('reads the same parts however the body is cut', () => {
    const content = fc
      .uint8Array({ maxLength: 60 })
      // Half a delimiter inside a file is content.
      .map((bytes) => Buffer.concat([Buffer.from('\r\n--xy!'), bytes, Buffer.from('\r\n--xy\r')]));
    fc.assert(
      fc.property(
        fc.array(fc.record({ name: fc.constantFrom('file', 'label'), content }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.array(fc.nat(400), { maxLength: 12 }),
        (parts, at) => {
          const body = bodyOf(parts);
          const cuts = at.filter((cut) => cut < body.length).sort((first, second) => first - second);
          const found = read(body, cuts).map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 }));
          const expected = parts.map((part) => ({
            name: part.name,
            bytes: part.content.length,
            sha256: createHash('sha256').update(part.content).digest('hex'),
          }));
          expect(found).to.deep.equal(expected);
        },
      ),
    );
  });

  it('reads an empty file and its name', () => {
    const [part] = read(bodyOf([{ name: 'file', fileName: 'a.vtt', content: Buffer.alloc(0) }]), []);
    expect(part).to.include({ name: 'file', fileName: 'a.vtt', bytes: 0, text: '' });
  });

  it('keeps no part that was broken off, and none of a type without a boundary', () => {
    const whole = bodyOf([{ name: 'file', content: Buffer.from('WEBVTT') }]);
    expect(read(whole.subarray(0, whole.length - 10), [])).to.have.length(0);
    expect(MultipartReader.of('multipart/form-data')).to.equal(undefined);
    expect(MultipartReader.of(undefined)).to.equal(undefined);
  });

  it('holds no more of a large file than its beginning', () => {
    const reader = MultipartReader.of(TYPE);
    const piece = Buffer.alloc(1024 * 1024, 'a');
    reader?.write(Buffer.from('--xyz\r\nContent-Disposition: form-data; name="file"\r\n\r\n'));
    for (let index = 0; index < 64; index++) reader?.write(piece);
    reader?.write(Buffer.from('\r\n--xyz--\r\n'));
    const [part] = reader?.end() ?? [];
    expect(part?.bytes).to.equal(64 * 1024 * 1024);
    expect(part?.text).to.have.length(64 * 1024);
  });
});
