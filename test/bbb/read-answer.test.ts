import { expect } from 'chai';
import fc from 'fast-check';
import { readElement, readReturnCode } from '../../src/bbb/read-answer.js';

const bytes = (text: string): Buffer => Buffer.from(text);
const read = (text: string, form?: 'json'): unknown => readReturnCode(bytes(text), form);

describe('readReturnCode', () => {
  const success = { returnCode: 'SUCCESS', messageKey: undefined };

  it('reads the code and key of whole answers, with any blanks and prolog', () => {
    expect(read('<response><returncode>SUCCESS</returncode></response>')).to.deep.equal(success);
    expect(
      read(
        '\ufeff\n <?xml version="1.0"?><!-- x -->\n<response>\n<returncode> SUCCESS\n</returncode></response>\n',
      ),
    ).to.deep.equal(success);
    expect(
      read('<response><returncode>SUCCESS</returncode><messageKey></messageKey></response>'),
    ).to.deep.equal(success);
    expect(
      read(
        '<response>\n<returncode>FAILED</returncode>\n<messageKey>checksumError</messageKey>\n</response>',
      ),
    ).to.deep.equal({ returnCode: 'FAILED', messageKey: 'checksumError' });
  });

  it('reads the key of the older form of errors', () => {
    const xml =
      '<response><returncode>FAILED</returncode><errors><error key="nonUniqueVoiceBridge" message="x"/></errors></response>';
    expect(read(xml)).to.deep.equal({ returnCode: 'FAILED', messageKey: 'nonUniqueVoiceBridge' });
  });

  it('refuses HTML, cut XML, other roots, a DTD and noise', () => {
    for (const text of [
      '',
      ' ',
      '<',
      '<html><body>502</body></html>',
      '<!DOCTYPE response><response><returncode>SUCCESS</returncode></response>',
      'x<response><returncode>SUCCESS</returncode></response>',
      '<response><returncode>SUCCESS</returncode>',
      '<response><returncode>SUCCESS</returncode></respons',
      '<response><returncode>SUCCESS</returncode></response>tail',
      '<response></response>',
      '<response/>',
      '<responses><returncode>SUCCESS</returncode></response>',
      '<response><returncode>success</returncode></response>',
      '<?xml <response>',
      '<!-- <response><returncode>SUCCESS</returncode></response>',
    ]) {
      expect(read(text), text).to.equal(undefined);
      expect(read(text, 'json'), text).to.equal(undefined);
    }
  });

  it('takes JSON only for calls that answer in it', () => {
    const json = '{"response":{"returncode":"FAILED","messageKey":"noRecordings","message":"x"}}';
    expect(read(json)).to.equal(undefined);
    expect(read(json, 'json')).to.deep.equal({ returnCode: 'FAILED', messageKey: 'noRecordings' });
    expect(read(' {"response":{"returncode":"SUCCESS","tracks":[]}}', 'json')).to.deep.equal(success);
    for (const text of [
      '{',
      '{}',
      '{"response":null}',
      '{"response":{"returncode":1}}',
      '[]',
      '{"returncode":"SUCCESS"}',
    ]) {
      expect(read(text, 'json'), text).to.equal(undefined);
    }
  });

  it('throws nothing on any bytes and is quick on hostile ones', () => {
    const soup = fc.constantFrom(
      '<response>',
      '</response>',
      '<returncode>',
      'SUCCESS',
      '</returncode>',
      '<!--',
      '-->',
      '<?',
      '?>',
      '{',
      '"',
      '>',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(soup, fc.string()), { maxLength: 12 }), (parts) => {
        readReturnCode(bytes(parts.join('')), 'json');
        readElement(bytes(parts.join('')), 'returncode');
      }),
    );
    const startedAt = performance.now();
    for (const part of [
      '<',
      ' ',
      '<!--',
      '<!---->',
      '<?x?>',
      '<a>',
      '<a/>',
      '</response>',
      '<![CDATA[',
      '<a></a>',
      '<a><a></a>',
      '"',
    ]) {
      const text = part.repeat(1_000_000 / part.length);
      for (const head of ['', '<response>']) {
        readReturnCode(bytes(head + text), 'json');
        readElement(bytes(head + text), 'createTime');
      }
    }
    expect(performance.now() - startedAt).to.be.lessThan(4000);
  });
});

describe('readElement', () => {
  const info = bytes(
    `<response><returncode>SUCCESS</returncode><meetingName>J&#252;rgen &amp; Zoë &lt;3</meetingName>
    <attendees><attendee><customdata><createTime>7</createTime><1bad key/>x</1bad key/></customdata></attendee></attendees>
    <metadata><running>maybe</running></metadata><empty/><c><![CDATA[a<b>ü]]></c><running>true</running><createTime>
    1715261728123</createTime></response>`,
  );

  it('reads elements directly under the root, not what is nested in others', () => {
    expect(readElement(info, 'createTime')?.trim()).to.equal('1715261728123');
    expect(readElement(info, 'running')).to.equal('true');
    expect(readElement(info, 'attendee')).to.equal(undefined);
  });

  it('decodes text, references and CDATA', () => {
    expect(readElement(info, 'meetingName')).to.equal('Jürgen & Zoë <3');
    expect(readElement(info, 'c')).to.equal('a<b>ü');
    expect(readElement(info, 'empty')).to.equal('');
  });

  it('gives undefined for what is missing, has children or is cut', () => {
    expect(readElement(info, 'duration')).to.equal(undefined);
    expect(readElement(info, 'attendees')).to.equal(undefined);
    expect(readElement(bytes('<response><createTime>17'), 'createTime')).to.equal(undefined);
    expect(readElement(bytes('<html><createTime>17</createTime></html>'), 'createTime')).to.equal(undefined);
  });
});
