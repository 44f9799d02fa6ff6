import { expect } from 'chai';
import fc from 'fast-check';
import { RawQuery } from '../../src/bbb/raw-query.js';

const decodedPairs = (query: RawQuery): unknown[] => query.names().map((name) => [name, query.getAll(name)]);

// Any code unit, lone surrogates included; fast-check's own units for that take two seconds to set up.
const anyChar = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

describe('RawQuery', () => {
  it('decodes values as a form: plus and %20 are blanks, UTF-8', () => {
    const query = RawQuery.parse('a=1+2%203&b=J%C3%BCrgen&c=%2B&d=J\xc3\xbcrgen&e&f=&%67=h%3Di=j');
    expect(decodedPairs(query)).to.deep.equal([
      ['a', ['1 2 3']],
      ['b', ['Jürgen']],
      ['c', ['+']],
      ['d', ['Jürgen']],
      ['e', ['']],
      ['f', ['']],
      ['g', ['h=i=j']],
    ]);
    expect(query.get('b')).to.equal('Jürgen');
    expect(query.get('x')).to.equal(undefined);
    expect(query.getAll('x')).to.deep.equal([]);
    expect(query.has('e')).to.equal(true);
  });

  it('uses the first of repeated parameters and keeps them all', () => {
    const query = RawQuery.parse('a=1&b=2&a=3');
    expect(query.get('a')).to.equal('1');
    expect(query.getAll('a')).to.deep.equal(['1', '3']);
    expect(query.toString()).to.equal('a=1&b=2&a=3');
  });

  it('keeps broken percent-encoding as it stands and says so', () => {
    const query = RawQuery.parse('a=%&b=%zz+1&c=%C3&d=ok%20&e=%4');
    expect(query.get('a')).to.equal('%');
    expect(query.get('b')).to.equal('%zz 1');
    expect(query.get('c')).to.equal('\ufffd');
    for (const name of ['a', 'b', 'c', 'e']) expect(query.isWellEncoded(name), name).to.equal(false);
    for (const name of ['d', 'missing']) expect(query.isWellEncoded(name), name).to.equal(true);
    expect(query.toString()).to.equal('a=%&b=%zz+1&c=%C3&d=ok%20&e=%4');
  });

  it('prints what came untouched but for bytes that Tomcat refuses raw', () => {
    const raw = "&a=~!'()*+%7e&&b=&c&=d&a=%20&";
    expect(RawQuery.parse(raw).toString()).to.equal(raw);
    expect(RawQuery.parse('id=a[0]{}|\\^"<>`# \x01\xfc').toString()).to.equal(
      'id=a%5B0%5D%7B%7D%7C%5C%5E%22%3C%3E%60%23%20%01%FC',
    );
  });

  it('sets every occurrence in its place, or appends', () => {
    const query = RawQuery.parse('a=1&meetingID=x&b=%7e&meeting%49D=y');
    expect(query.with('meetingID', "t--[ü] (!')").toString()).to.equal(
      'a=1&meetingID=t--%5B%C3%BC%5D%20%28%21%27%29&b=%7e&meeting%49D=t--%5B%C3%BC%5D%20%28%21%27%29',
    );
    expect(query.with('c', '').toString()).to.equal('a=1&meetingID=x&b=%7e&meeting%49D=y&c=');
    expect(RawQuery.parse('').with('a', 'b').toString()).to.equal('a=b');
    expect(query.toString()).to.equal('a=1&meetingID=x&b=%7e&meeting%49D=y');
  });

  it('maps single values and leaves the others their encoding', () => {
    const query = RawQuery.parse('a=%7e&a=x&b=1').mapValues('a', (value) => (value === 'x' ? 'y z' : value));
    expect(query.toString()).to.equal('a=%7e&a=y%20z&b=1');
  });

  it('leaves parameters out by their decoded names', () => {
    const query = RawQuery.parse('a=1&%63hecksum=2&b=&checksum=3&a=4');
    expect(query.without('checksum').toString()).to.equal('a=1&b=&a=4');
    expect(query.without('checksum', 'a').toString()).to.equal('b=');
    expect(query.append('n m', '&=').toString()).to.equal('a=1&%63hecksum=2&b=&checksum=3&a=4&n%20m=%26%3D');
  });

  it('reads names as BBB does, without controls and outer blanks', () => {
    const query = RawQuery.parse('%00meetingID=a&meetingID=b&+meeting%0aID%20=c&meeting+ID=d');
    expect(query.getAll('meetingID')).to.deep.equal(['a', 'b', 'c']);
    expect(query.with('meetingID', 'x').toString()).to.equal(
      '%00meetingID=x&meetingID=x&+meeting%0aID%20=x&meeting+ID=d',
    );
  });

  it('decodes to the same after printing, for any text', () => {
    const alphabet = fc.constantFrom(...'ab%0fF+&=[]<>"# \\^`{}|~\x00\x1f\x7f\xc3\xbc\xff'.split(''));
    const raw = fc.oneof(fc.string({ unit: alphabet }), fc.string({ unit: anyChar }), fc.string());
    fc.assert(
      fc.property(raw, (text) => {
        const query = RawQuery.parse(text);
        const printed = query.toString();
        expect(printed).to.match(/^[\x21-\x7e]*$/);
        expect(decodedPairs(RawQuery.parse(printed))).to.deep.equal(decodedPairs(query));
        expect(RawQuery.parse(printed).toString()).to.equal(printed);
      }),
    );
  });

  it('gives back any value that was set', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: anyChar }),
        fc.string({ unit: anyChar }),
        fc.string(),
        (name, value, raw) => {
          // A lone surrogate has no UTF-8 form and becomes U+FFFD.
          const stored = Buffer.from(value, 'utf8').toString('utf8');
          const key = asBbbReadsNames(name);
          const query = RawQuery.parse(raw).without(key).append(name, value);
          expect(RawQuery.parse(query.toString()).getAll(key)).to.deep.equal([stored]);
        },
      ),
    );
  });

  it('handles 3,000 parameters and 64 KiB within a few milliseconds', () => {
    const raw = Array.from({ length: 3000 }, (_, i) => `meta_name${i}=v%20${i}`).join('&');
    const startedAt = performance.now();
    const query = RawQuery.parse(raw);
    for (const name of query.names()) query.get(name);
    expect(query.without('meta_name5').with('a', 'b').toString().length).to.be.greaterThan(50_000);
    RawQuery.parse('%'.repeat(65_536)).get('');
    RawQuery.parse('&'.repeat(65_536)).names();
    expect(performance.now() - startedAt).to.be.lessThan(250);
  });
});

function asBbbReadsNames(name: string): string {
  return Buffer.from(name, 'utf8')
    .toString('utf8')
    .replace(/\p{Cc}/gu, '')
    .trim();
}
