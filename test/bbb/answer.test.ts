import { expect } from 'chai';
import fc from 'fast-check';
import { escapeXml, failedJson, failedXml, successJson, successXml } from '../../src/bbb/answer.js';
import { BbbError } from '../../src/bbb/error.js';
import { bbbError, messages } from '../../src/bbb/messages.js';
import { parsePollAnswer } from '../../src/bbb/poll-answer.js';
import { readElement, readReturnCode } from '../../src/bbb/read-answer.js';
import { parseXml } from '../../src/bbb/xml.js';

// Any code unit, lone surrogates included; fast-check's own units for that take two seconds to set up.
const anyChar = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

describe('answers', () => {
  it('are written as BBB writes them, one element a line', () => {
    expect(failedXml('checksumError', messages.checksumError)).to.equal(
      '<response>\n<returncode>FAILED</returncode>\n<messageKey>checksumError</messageKey>\n<message>Checksums do not match</message>\n</response>',
    );
    expect(
      successXml({
        version: '2.0',
        bbbVersion: '',
        skipped: undefined,
        running: true,
        meetings: { rawXml: '<m/>' },
      }),
    ).to.equal(
      '<response>\n<returncode>SUCCESS</returncode>\n<version>2.0</version>\n<bbbVersion/>\n<running>true</running>\n<meetings><m/></meetings>\n</response>',
    );
    expect(JSON.parse(successJson({ tracks: [] }))).to.deep.equal({
      response: { returncode: 'SUCCESS', tracks: [] },
    });
    expect(JSON.parse(failedJson('a', 'b'))).to.deep.equal({
      response: { returncode: 'FAILED', messageKey: 'a', message: 'b' },
    });
  });

  it('escape what is special and drop what XML forbids', () => {
    expect(escapeXml(`a<b>&"'\u0000\u000b\ufffe\ud800\u{1f600}ü\n`)).to.equal(
      'a&lt;b&gt;&amp;&quot;&#39;\u{1f600}ü\n',
    );
  });

  it('are understood by every reader here, whatever text is in them', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyChar }), (text) => {
        const bytes = Buffer.from(failedXml('notFound', `x${text}x`));
        expect(readReturnCode(bytes)).to.deep.equal({ returnCode: 'FAILED', messageKey: 'notFound' });
        expect(readElement(bytes, 'message')).to.equal(parseXml(bytes, 1_000_000).text('message'));
      }),
    );
  });

  it('say SUCCESS with an empty list of meetings as a server does', async () => {
    const xml = successXml({ meetings: '', messageKey: 'noMeetings', message: 'x' });
    expect(await parsePollAnswer(Buffer.from(xml))).to.deep.equal({
      returnCode: 'SUCCESS',
      messageKey: 'noMeetings',
      meetings: [],
    });
  });
});

describe('bbbError', () => {
  it("carries BBB's text for its key, or another one", () => {
    expect(bbbError('notFound')).to.be.instanceOf(BbbError);
    expect(bbbError('notFound')).to.include({
      messageKey: 'notFound',
      message: 'A meeting with that ID does not exist',
    });
    const cause = new Error('why');
    expect(bbbError('validationError', 'Invalid meeting ID', { cause })).to.include({
      message: 'Invalid meeting ID',
      cause,
    });
  });
});
