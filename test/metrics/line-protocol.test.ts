import { expect } from 'chai';
import fc from 'fast-check';
import { LineProtocolReader, type LineFault } from '../../src/metrics/line-protocol.js';
import type { FieldValue, Point } from '../../src/metrics/parse-line.js';

interface Read {
  readonly points: Point[];
  readonly faults: LineFault[];
}

function read(body: string | Buffer, pieces: number[] = [], maxLineBytes = 64 * 1024): Read {
  const points: Point[] = [];
  const faults: LineFault[] = [];
  const reader = new LineProtocolReader({
    wants: (measurement) => measurement !== 'unwanted',
    onPoint: (point) => points.push(point),
    onFault: (fault) => faults.push(fault),
    maxLineBytes,
  });
  let rest = Buffer.from(body);
  for (const size of pieces) {
    reader.push(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  reader.push(rest);
  reader.end();
  return { points, faults };
}

function fieldsOf(line: string): Record<string, FieldValue> {
  const { points, faults } = read(line);
  expect(faults).to.deep.equal([]);
  return Object.fromEntries(points[0]!.fields);
}

describe('LineProtocolReader', () => {
  it('reads measurement, tags, fields and time', () => {
    const { points } = read('cpu,cpu=cpu-total,host=bbb1 usage_idle=93.5,n=4i,u=7u 1700000000000000000\n');
    expect(points).to.have.length(1);
    expect(points[0]!.measurement).to.equal('cpu');
    expect([...points[0]!.tags]).to.deep.equal([
      ['cpu', 'cpu-total'],
      ['host', 'bbb1'],
    ]);
    expect([...points[0]!.fields]).to.deep.equal([
      ['usage_idle', 93.5],
      ['n', 4],
      ['u', 7],
    ]);
    expect(points[0]!.timeMs).to.equal(1.7e12);
  });

  it('reads every kind of value', () => {
    expect(fieldsOf('m a=1,b=-1.5e3,c=.5,d=-9i,e=9u,f=t,g=FALSE,h="x, y=\\"z\\" \\\\",i=""')).to.deep.equal({
      a: 1,
      b: -1500,
      c: 0.5,
      d: -9,
      e: 9,
      f: true,
      g: false,
      h: 'x, y="z" \\',
      i: '',
    });
  });

  it('reads escapes in measurement, tags and field keys', () => {
    const { points } = read('my\\ m\\,x,tag\\ a=v\\=1\\,2\\ 3,b=a\\b field\\ 1=1');
    expect(points[0]!.measurement).to.equal('my m,x');
    expect([...points[0]!.tags]).to.deep.equal([
      ['tag a', 'v=1,2 3'],
      ['b', 'a\\b'],
    ]);
    expect([...points[0]!.fields.keys()]).to.deep.equal(['field 1']);
  });

  it('passes over comments, blank lines and line ends of Windows', () => {
    const { points, faults } = read('# a comment\n\n  \r\nm a=1 5000000\r\n   m a=2\n');
    expect(faults).to.deep.equal([]);
    expect(points.map(({ timeMs }) => timeMs)).to.deep.equal([5, undefined]);
  });

  for (const [line, message] of [
    ['garbage', 'missing fields'],
    [',a=b f=1', 'missing measurement'],
    ['m,a f=1', 'missing tag value'],
    ['m,a= f=1', 'missing tag value'],
    ['m,=b f=1', 'missing tag key'],
    ['m,a=1,a=2 f=1', 'duplicate tags'],
    ['m,a=b=c f=1', 'invalid tag format'],
    ['m f', 'missing field value'],
    ['m f=', 'missing field value'],
    ['m =1', 'missing field key'],
    ['m f=1,', 'missing field key'],
    ['m f=abc', 'invalid field value'],
    ['m f=NaN', 'invalid field value'],
    ['m f=1e999', 'invalid field value'],
    ['m f=99999999999999999999i', 'invalid field value'],
    ['m f="a"b', 'invalid field format'],
    ['m f=1 yesterday', 'bad timestamp'],
    ['m f=1 1 2', 'bad timestamp'],
    ['m f="open', 'unbalanced quotes'],
    ['unwanted f=abc', 'invalid field value'],
  ] as const) {
    it(`names the line and the fault of: ${line}`, () => {
      const { points, faults } = read(`good a=1\n${line}\ngood a=2\n`);
      expect(faults).to.deep.equal([{ line: 2, message }]);
      expect(points).to.have.length(2);
    });
  }

  it('lets a string go over several lines', () => {
    const { points, faults } = read('m f="one\ntwo\nthree",g=1\nm f=2\nbad\n');
    expect(points.map(({ fields }) => fields.get('f'))).to.deep.equal(['one\ntwo\nthree', 2]);
    expect(faults.map(({ line }) => line)).to.deep.equal([5]);
  });

  it('gives up a quote that is never closed and reads the lines after it', () => {
    const good = Array.from({ length: 30 }, (_, i) => `m f=${i}`).join('\n');
    const { points, faults } = read(`m f="open\n${good}\nm g="open\nm f="x"\n`);
    expect(points).to.have.length(31);
    expect(faults.map(({ line }) => line)).to.deep.equal([1, 32]);
  });

  it('drops a line that is too long and holds none of it', () => {
    const long = `m f="${'x'.repeat(5000)}"`;
    for (const pieces of [[], Array<number>(50).fill(100)]) {
      const { points, faults } = read(`m a=1\n${long}\nm a=2\nbad`, pieces, 1000);
      expect(points).to.have.length(2);
      expect(faults.map(({ line }) => line)).to.deep.equal([2, 4]);
    }
  });

  it('reads the same however the bytes are cut', () => {
    const body = '# c\ncpu,host=bé usage_idle=1.5,s="a\nb" 17\nbad\nmem,host=x p=2i\n\nlast f=t';
    const whole = read(body);
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 20 }), (pieces) => {
        expect(read(body, pieces)).to.deep.equal(whole);
      }),
    );
  });

  it('reads back what was escaped into a line', () => {
    const key = fc.stringMatching(/^[a-z ,=é]{1,8}$/);
    const escaped = (text: string): string => text.replace(/[ ,=]/g, '\\$&');
    fc.assert(
      fc.property(
        key,
        key,
        key,
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (tag, value, field, number) => {
          const { points } = read(`m,${escaped(tag)}=${escaped(value)} ${escaped(field)}=${number} 1`);
          expect(points[0]!.tags.get(tag)).to.equal(value);
          expect(points[0]!.fields.get(field)).to.equal(number);
        },
      ),
    );
  });

  it('takes any bytes without throwing and reports each line at most once', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.stringMatching(/^[ma,= "\\\n01it#]{0,200}$/).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        const { faults } = read(Buffer.from(body));
        expect(new Set(faults.map(({ line }) => line)).size).to.equal(faults.length);
      }),
      { numRuns: 500 },
    );
  });
});
