import { expect } from 'chai';
import { refusalAnswer } from '../../src/api/write-answer.js';
import type { MessageKey } from '../../src/bbb/error.js';
import { bbbError, messages } from '../../src/bbb/messages.js';

describe('refusalAnswer', () => {
  const STATUS: Partial<Record<MessageKey, number>> = { tooManyFailedChecksums: 429, requestTooLarge: 413 };
  const KEYS = Object.keys(messages) as MessageKey[];

  it('is HTTP 200 FAILED for all but a flood of wrong checksums and a body too large', () => {
    for (const key of KEYS) {
      const { status, body } = refusalAnswer(bbbError(key), 'xml');
      expect(status, key).to.equal(STATUS[key] ?? 200);
      expect(body, key).to.match(/^<response>\n<returncode>FAILED<\/returncode>\n/);
      expect(body, key).to.include(`<messageKey>${key}</messageKey>`);
    }
  });

  it("words a wrong checksum as BBB's recording calls do, always in XML", () => {
    for (const form of ['recording-xml', 'json'] as const) {
      const answer = refusalAnswer(bbbError('checksumError'), form);
      expect(answer.body).to.include('<message>You did not pass the checksum security check</message>');
      expect(answer.contentType).to.equal('text/xml;charset=utf-8');
    }
    expect(refusalAnswer(bbbError('checksumError'), 'xml').body).to.include('Checksums do not match');
  });

  it('answers text track calls in JSON', () => {
    const answer = refusalAnswer(bbbError('noRecordings', 'No recording found'), 'json');
    expect(answer.contentType).to.equal('application/json;charset=utf-8');
    expect(JSON.parse(answer.body as string)).to.deep.equal({
      response: { returncode: 'FAILED', messageKey: 'noRecordings', message: 'No recording found' },
    });
  });

  it('counts a fault of ours as an error and the rest as refusals', () => {
    expect(refusalAnswer(bbbError('internalError'), 'xml').outcome).to.equal('error');
    expect(refusalAnswer(bbbError('notFound'), 'xml').outcome).to.equal('refused');
  });

  it('escapes what a message quotes', () => {
    const { body } = refusalAnswer(bbbError('internalError', 'a <b> & "c"'), 'xml');
    expect(body).to.include('<message>a &lt;b&gt; &amp; &quot;c&quot;</message>');
  });
});
