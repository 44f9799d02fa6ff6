import { expect } from 'chai';
import fc from 'fast-check';
import { MalformedAnswer } from '../../src/bbb/malformed-answer.js';
import { readRecordings } from '../../src/recordings/recording-element.js';

const wrap = (list: string): Buffer =>
  Buffer.from(`<response>\n<returncode>SUCCESS</returncode>\n${list}\n</response>\n`);

describe('readRecordings', () => {
  it('reads no, one and many recordings, each with its own bytes', () => {
    const one = (id: string): string =>
      `<recording>\n<recordID>${id}</recordID><meetingID>m-${id}</meetingID><startTime>5</startTime></recording>`;
    expect(readRecordings(wrap('<recordings/>'))).to.deep.equal([]);
    expect(readRecordings(wrap('<recordings>\n</recordings>'))).to.deep.equal([]);
    expect(readRecordings(wrap(''))).to.deep.equal([]);
    const read = readRecordings(wrap(`<recordings>\n${one('a')}\n${one('ü')}\n</recordings>`));
    expect(read.map(({ xml }) => xml.toString())).to.deep.equal([one('a'), one('ü')]);
    expect(read[0]).to.include({ recordId: 'a', meetingId: 'm-a', startTime: 5 });
  });

  it('finds the meeting ID in the metadata where it is nowhere else', () => {
    const xml = '<recording><recordID>a</recordID><metadata><meetingId>m1</meetingId></metadata></recording>';
    expect(readRecordings(wrap(`<recordings>${xml}</recordings>`))[0]).to.include({
      meetingId: 'm1',
      startTime: 0,
    });
  });

  it('throws for a list that is cut, whatever the place', () => {
    const list =
      '<recordings><recording><recordID>a</recordID></recording><recording><recordID>b</recordID></recording>' +
      '</recordings>';
    const text = wrap(list).toString();
    const end = text.indexOf('</recordings>');
    fc.assert(
      fc.property(fc.integer({ min: text.indexOf('<recordings>') + 13, max: end }), (at) => {
        const read = (): unknown => readRecordings(Buffer.from(`${text.slice(0, at)}</response>`));
        expect(read).to.throw(MalformedAnswer);
      }),
    );
  });

  it('gives recordings or throws MalformedAnswer for any bytes', () => {
    const piece = fc.constantFrom(
      '<recordings>',
      '</recordings>',
      '<recording>',
      '</recording>',
      '<a/>',
      '<',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          readRecordings(wrap(pieces.join('')));
        } catch (error) {
          expect(error).to.be.instanceOf(MalformedAnswer);
        }
      }),
    );
  });
});
