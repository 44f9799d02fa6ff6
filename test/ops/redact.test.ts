import { expect } from 'chai';
import fc from 'fast-check';
import { describeError, redactText, redactValue } from '../../src/ops/redact.js';

describe('redactText', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['GET /api/join?a=1&checksum=abc123&b=2', 'GET /api/join?a=1&checksum=***&b=2'],
    ['password=hunter2 rest', 'password=*** rest'],
    ['attendeePW=ap&moderatorPW=mp', 'attendeePW=***&moderatorPW=***'],
    ['{"secret":"s3","id":"x"}', '{"secret":"***","id":"x"}'],
    ['Authorization: Bearer abc.def-123', 'Authorization: ***'],
    ['sent Bearer abcdefgh to it', 'sent Bearer *** to it'],
    ['postgres://user:pa:ss@db/x is down', 'postgres://***@db/x is down'],
    ['https://user@example.org/x', 'https://user@example.org/x'],
    ['set its secret to what bbb-conf prints', 'set its secret to what bbb-conf prints'],
    ['meeting abc on bbb1: 12 attendees', 'meeting abc on bbb1: 12 attendees'],
  ];
  for (const [given, printed] of cases) {
    it(`prints ${printed}`, () => {
      expect(redactText(given)).to.equal(printed);
    });
  }

  it('bounds the length of a text', () => {
    expect(redactText('x'.repeat(100_000)).length).to.be.lessThan(20_000);
  });
});

describe('redactValue', () => {
  it('masks by name at any depth, and leaves counts and names readable', () => {
    const fields = {
      token: 't',
      sharedSecret: 's',
      headers: { Authorization: 'x', cookie: 'y', host: 'h' },
      list: [{ moderatorPW: 'm' }],
      secretCount: 2,
      tokenName: 'ops',
    };
    expect(redactValue(fields)).to.deep.equal({
      token: '***',
      sharedSecret: '***',
      headers: { Authorization: '***', cookie: '***', host: 'h' },
      list: [{ moderatorPW: '***' }],
      secretCount: 2,
      tokenName: 'ops',
    });
  });

  it('prints an error with its causes, without secrets', () => {
    const root = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' });
    const error = new Error('polling server bbb1', {
      cause: new Error('GET x?checksum=abc failed', { cause: root }),
    });
    expect(redactValue(error)).to.equal(
      'polling server bbb1: GET x?checksum=*** failed: connect failed (ECONNREFUSED)',
    );
  });

  it('survives circles', () => {
    const circle: Record<string, unknown> = {};
    circle.again = circle;
    const error = new Error('a');
    error.cause = error;
    expect(() => JSON.stringify(redactValue({ circle, error }))).not.to.throw();
    expect(describeError(error).length).to.be.lessThan(50);
  });

  it('makes something printable of anything', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withTypedArray: true, withMap: true }),
        (value) => {
          JSON.stringify(redactValue(value));
        },
      ),
    );
  });

  it('never prints the value of a secret field', () => {
    const name = fc.constantFrom('secret', 'apiKey', 'checksum', 'password', 'authToken', 'attendeePW');
    fc.assert(
      fc.property(name, fc.string({ minLength: 12 }), (key, secret) => {
        expect(JSON.stringify(redactValue({ a: { [key]: secret } }))).to.equal(`{"a":{"${key}":"***"}}`);
      }),
    );
  });
});
