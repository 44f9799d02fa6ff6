import { expect } from 'chai';
import fc from 'fast-check';
import { connect } from 'node:net';
import { checksumOf } from '../../src/sim/checksum.js';
import { AppRig, newMeetingId, RIG_SECRET } from '../support/app-rig.js';

const NAMES = ['create', 'join', 'getMeetingInfo', 'end', 'getMeetings', 'insertDocument', 'getRecordings'];
const TYPES = [
  'application/xml',
  'text/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'x/y',
  '',
];

/** Latin-1 text: each character is a byte. */
const bytes = fc.uint8Array({ maxLength: 200 }).map((given) => Buffer.from(given).toString('latin1'));
/** Bytes that stay within a request line, mixed with what parsers care about. */
const target = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '%',
        '%00',
        '%zz',
        '%ff',
        '&',
        '=',
        '+',
        '#',
        '..',
        '/',
        '//',
        '?',
        '<',
        '"',
        '\\',
        '%c3%28',
      ),
      fc.constantFrom(
        'meetingID=',
        'meetingID=ab',
        'checksum=',
        'name=x',
        'isBreakout=true',
        'recordID=a,b',
        '\xff',
      ),
      fc.string({
        maxLength: 5,
        unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
      }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('bad input', () => {
  let rig: AppRig;
  const id = newMeetingId();

  before(async () => {
    rig = await AppRig.start({ servers: 1, tenants: [{ id: 'acme', secrets: ['acme-secret'] }] });
    await rig.create(id);
  });

  afterEach(async () => {
    expect(rig.logger.lines.filter((line) => line.startsWith('error '))).to.deep.equal([]);
    expect((await rig.call('getMeetingInfo', { meetingID: id })).element('meetingID')).to.equal(id);
  });

  after(() => rig.stop());

  it('of any bytes anywhere gets 200 or 4xx', async () => {
    const request = fc.record({
      method: fc.oneof(fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS'), bytes),
      path: fc.oneof(
        fc.constantFrom(...NAMES.map((name) => `/bigbluebutton/api/${name}`)),
        target.map((path) => `/bigbluebutton/api/${path}`),
        target.map((path) => `/t/${path}`),
        target,
      ),
      query: fc.oneof(target, bytes),
      headers: fc.array(
        fc.oneof(
          bytes,
          bytes.map((value) => `Content-Type: ${value}`),
        ),
        { maxLength: 3 },
      ),
      body: bytes,
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, query, headers, body }) => {
        const head = [`${method} ${path}?${query} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers];
        const answer = await exchange(
          `${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
        // Bytes that end the headers early may make a request of what follows; each gets its own answer.
        expect(answer.slice(0, 40)).to.match(/^HTTP\/1\.1 (?:200|4\d\d) /);
      }),
      { numRuns: 300 },
    );
  });

  it('that is signed gets a BBB answer', async () => {
    const request = fc.record({
      call: fc.constantFrom(...NAMES),
      tenant: fc.constantFrom('', '/t/acme'),
      query: target.map((text) => text.replaceAll(/checksum|#/g, 'x')),
      type: fc.constantFrom(...TYPES),
      body: fc.option(bytes),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ call, tenant, query, type, body }) => {
        const checksum = checksumOf('sha1', call, query, tenant === '' ? RIG_SECRET : 'acme-secret');
        const line = `${tenant}/bigbluebutton/api/${call}?${query}&checksum=${checksum}`;
        const answer = await exchange(
          body === null
            ? `GET ${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
            : `POST ${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${type}\r\n` +
                `Content-Length: ${body.length}\r\n\r\n${body}`,
        );
        expect(answer.slice(0, 40)).to.match(/^HTTP\/1\.1 (?:200|302|4\d\d) /);
        if (answer.startsWith('HTTP/1.1 200')) {
          expect(answer).to.match(/<returncode>(?:SUCCESS|FAILED)<\/returncode>/);
          expect(answer).not.to.match(/checksumError|internalError/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("in XML with entities, a DTD or a thousand levels is the server's to refuse", async () => {
    const bombs = [
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><modules>&c;</modules>',
      '<a>'.repeat(20_000),
      '\0'.repeat(1_000),
    ];
    for (const body of bombs) {
      const parameters = { name: 'Room', meetingID: newMeetingId() };
      const answer = await rig.call('create', parameters, { body, contentType: 'application/xml' });
      expect(answer.status).to.equal(200);
      expect(answer.returnCode).to.be.oneOf(['SUCCESS', 'FAILED']);
    }
  });

  it('that ends in the middle costs nothing', async () => {
    for (const text of [
      '',
      'GET',
      'POST /bigbluebutton/api/create HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n' +
        'Content-Type: application/x-www-form-urlencoded\r\n\r\nab',
    ]) {
      const answer = await exchange(text, true);
      expect(answer).to.match(/^(?:HTTP\/1\.1 4\d\d |$)/);
    }
  });

  /** Sends bytes, then closes its half if told to, and gives what came back before the other half closed. */
  function exchange(text: string, isCutThere = false): Promise<string> {
    return new Promise((resolve, reject) => {
      let received = '';
      const socket = connect(Number(new URL(rig.app.url).port), '127.0.0.1');
      socket.setTimeout(5_000, () => {
        socket.destroy();
        reject(new Error(`no end of the answer to ${JSON.stringify(text)} within 5 s`));
      });
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
      });
      socket.on('close', () => {
        resolve(received);
      });
      socket.write(text, 'latin1');
      if (isCutThere) socket.end();
    });
  }
});
