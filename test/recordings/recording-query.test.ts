import { expect } from 'chai';
import { RawQuery } from '../../src/bbb/raw-query.js';
import { readRecordingQuery, type RecordingQuery } from '../../src/recordings/recording-query.js';

const read = (query: string): RecordingQuery => readRecordingQuery('acme', RawQuery.parse(query));

describe('what getRecordings is asked', () => {
  it('is scoped to the tenant, published and unpublished unless another state is named', () => {
    expect(read('').filter).to.include({ tenantId: 'acme' });
    expect(read('').filter.states).to.deep.equal(['published', 'unpublished']);
    expect(read('state=').filter.states).to.deep.equal(['published', 'unpublished']);
    expect(read('state=processing,processed').filter.states).to.deep.equal(['processing', 'processed']);
    expect(read('state=published%2Cany').filter.states).to.equal(undefined);
  });

  it('may name 5,000 recordings, meetings and values, and no more', () => {
    const list = (name: string, count: number): string =>
      `${name}=${Array.from({ length: count }, (_, at) => `x${at}`).join()}`;
    for (const name of ['recordID', 'meetingID', 'meta_course']) {
      expect(() => read(list(name, name === 'meta_course' ? 4_999 : 5_000))).not.to.throw();
      expect(() => read(list(name, 5_001)), name)
        .to.throw(/5000/)
        .with.property('messageKey', 'validationError');
    }
    expect(() => read(`${list('meta_a', 3_000)}&${list('meta_b', 3_000)}`)).to.throw(/5000/);
  });

  const ids: readonly (readonly [string, readonly string[] | undefined, readonly string[] | undefined])[] = [
    ['recordID=a,b&meetingID=m', ['a', 'b'], undefined],
    ['recordID=&meetingID=m', undefined, ['m']],
    ['meetingID=a,b,', undefined, ['a', 'b']],
    ['meetingID=a&meetingID=b', undefined, ['a', 'b']],
    ['recordID=a,,b', ['a', 'b'], undefined],
    ['recordID=a,a', ['a'], undefined],
    // Nothing but commas asks for nothing, which is not the same as asking for all.
    ['recordID=,', [], undefined],
    ['meetingID=,,', [], undefined],
    ['recordID=', undefined, undefined],
    // WordPress encodes twice.
    ['recordID=a%252Cb%252C', ['a%2Cb%2C', 'a', 'b'], undefined],
    // A percent sign that encodes nothing is the ID's own.
    ['meetingID=100%25', undefined, ['100%']],
  ];
  for (const [query, recordIds, meetingIds] of ids) {
    it(`reads the IDs in ${query}`, () => {
      const { filter } = read(query);
      expect(filter.recordIds).to.deep.equal(recordIds);
      expect(filter.meetingIds).to.deep.equal(meetingIds);
    });
  }

  it('joins values of a key by "or" and keys by "and", keys in any case', () => {
    const { metadata } = read('meta_Course=a,b&meta_course=c&meta_x=&meta_=y&METAX=z').filter;
    expect([...(metadata ?? [])]).to.deep.equal([
      ['course', ['a,b', 'a', 'b', 'c']],
      ['x', ['']],
    ]);
  });

  it('takes whole numbers as offset and limit, and nothing else', () => {
    expect(read('offset=10&limit=5')).to.include({ offset: 10, limit: 5 });
    expect(read('offset=-1&limit=x')).to.include({ offset: 0, limit: undefined });
    expect(read('limit=0')).to.include({ limit: 0 });
  });
});
