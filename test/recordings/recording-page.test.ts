import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import { MalformedAnswer } from '../../src/bbb/malformed-answer.js';
import type { RecordingElement } from '../../src/recordings/recording-element.js';
import { readRecordingPage } from '../../src/recordings/recording-page.js';

async function readRecordings(body: Buffer): Promise<readonly RecordingElement[]> {
  return (await readRecordingPage(body)).recordings;
}

const wrap = (list: string): Buffer =>
  Buffer.from(`<response>\n<returncode>SUCCESS</returncode>\n${list}\n</response>\n`);

describe('readRecordingPage', () => {
  it('reads no, one and many recordings, each with its own bytes', async () => {
    const one = (id: string): string =>
      `<recording>\n<recordID>${id}</recordID><meetingID>m-${id}</meetingID><startTime>5</startTime></recording>`;
    expect(await readRecordings(wrap('<recordings/>'))).to.deep.equal([]);
    expect(await readRecordings(wrap('<recordings>\n</recordings>'))).to.deep.equal([]);
    expect(await readRecordings(wrap(''))).to.deep.equal([]);
    const read = await readRecordings(wrap(`<recordings>\n${one('a')}\n${one('ü')}\n</recordings>`));
    expect(read.map(({ xml }) => xml.toString())).to.deep.equal([one('a'), one('ü')]);
    expect(read[0]).to.include({ recordId: 'a', meetingId: 'm-a', startTime: 5 });
  });

  it('finds the meeting ID in the metadata where it is nowhere else', async () => {
    const xml = '<recording><recordID>a</recordID><metadata><meetingId>m1</meetingId></metadata></recording>';
    const [read] = await readRecordings(wrap(`<recordings>${xml}</recordings>`));
    expect(read).to.include({
      meetingId: 'm1',
      startTime: 0,
    });
  });

  it('says how many there are, wherever the answer does and whatever stands before the list', async () => {
    const list = '<recordings><recording><recordID>a</recordID></recording></recordings>';
    for (const text of [
      `${list}<totalElements>7</totalElements>`,
      `<totalElements>7</totalElements><!-- x -->${list}`,
    ]) {
      const { total, recordings } = await readRecordingPage(wrap(text));
      expect([total, recordings.length]).to.deep.equal([7, 1]);
    }
  });

  it('lets others have a turn while it reads a long list', async () => {
    const one = '<recording><recordID>a</recordID></recording>';
    let turns = 0;
    let isRead = false;
    const taken = (async () => {
      while (!isRead) {
        await setImmediate();
        turns += 1;
      }
    })();
    await readRecordings(wrap(`<recordings>${one.repeat(1_000)}</recordings>`));
    isRead = true;
    await taken;
    expect(turns).to.be.greaterThan(20);
  });

  it('throws for a list that is cut, whatever the place', async () => {
    const list =
      '<recordings><recording><recordID>a</recordID></recording><recording><recordID>b</recordID></recording>' +
      '</recordings>';
    const text = wrap(list).toString();
    const end = text.indexOf('</recordings>');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: text.indexOf('<recordings>') + 13, max: end }), async (at) => {
        const read = readRecordings(Buffer.from(`${text.slice(0, at)}</response>`));
        expect(await read.catch((error: unknown) => error)).to.be.instanceOf(MalformedAnswer);
      }),
    );
  });

  it('gives recordings or throws MalformedAnswer for any bytes', async () => {
    const piece = fc.constantFrom(
      '<recordings>',
      '</recordings>',
      '<recording>',
      '</recording>',
      '<a/>',
      '<',
      'x',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        try {
          await readRecordings(wrap(pieces.join('')));
        } catch (error) {
          expect(error).to.be.instanceOf(MalformedAnswer);
        }
      }),
    );
  });
});
