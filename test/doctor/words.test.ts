import { expect } from 'chai';
import * as fc from 'fast-check';
import { UpstreamError, type UpstreamCause } from '../../src/bbb/upstream-error.js';
import { atMost } from '../../src/doctor/at-most.js';
import { maskSecrets } from '../../src/doctor/mask-secrets.js';
import { wordsOf } from '../../src/doctor/upstream-words.js';

const URL = 'https://bbb1.example.org/bigbluebutton/api';

function failure(reason: UpstreamCause, code: string, message = 'server bbb1 failed (call getMeetings)') {
  return new UpstreamError('bbb1', reason, message, false, {
    cause: Object.assign(new Error(code), { code }),
  });
}

describe('wordsOf', () => {
  const cases: readonly (readonly [UpstreamCause, string, RegExp, RegExp])[] = [
    ['tls', 'CERT_HAS_EXPIRED', /has expired \(CERT_HAS_EXPIRED\)/, /certbot renew/],
    ['tls', 'CERT_NOT_YET_VALID', /not valid yet/, /clocks/],
    ['tls', 'ERR_TLS_CERT_ALTNAME_INVALID', /for another name/, /"url"/],
    ['tls', 'SELF_SIGNED_CERT_IN_CHAIN', /authority this host does not know/, /tls\.caFile/],
    ['tls', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /authority this host does not know/, /tls\.caFile/],
    ['tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', /without those between/, /fullchain/],
    ['tls', 'EPROTO', /no TLS connection/, /openssl s_client -connect bbb1\.example\.org:443/],
    ['refused', 'ENOTFOUND', /name is not known/, /DNS/],
    ['refused', 'EAI_AGAIN', /could not be looked up/, /DNS/],
    ['refused', 'EHOSTUNREACH', /no route/, /host up/],
    ['refused', 'ENETUNREACH', /no route/, /network of this host/],
    ['refused', 'EADDRNOTAVAIL', /no connection can be made \(EADDRNOTAVAIL\)/, /port of "url"/],
    ['timeout', '', /no answer within 5 s$/, /firewall/],
    ['tooLarge', '', /not as a BigBlueButton server/, /bbb-conf --secret/],
  ];
  for (const [reason, code, message, advice] of cases) {
    it(`says what ${reason} ${code} means, and what to do`, () => {
      const words = wordsOf(failure(reason, code), URL, 5_000);
      expect(words.message).to.match(message).and.include('bbb1.example.org');
      expect(words.advice).to.match(advice);
    });
  }

  it('tells HTTP statuses apart', () => {
    const adviceOn = (status: number): string =>
      wordsOf(failure('status', '', `server bbb1 answered HTTP ${status} (call getMeetings)`), URL, 5_000)
        .advice;
    expect(adviceOn(503)).to.include('bbb-conf --restart');
    expect(adviceOn(401)).to.include('login');
    expect(adviceOn(404)).to.include('/bigbluebutton/api');
  });
});

describe('maskSecrets', () => {
  it('leaves no secret of eight characters or more in any text, whatever holds it', () => {
    const secret = fc.stringMatching(/^[a-z0-9]{8,20}$/);
    fc.assert(
      fc.property(secret, secret, fc.string(), (one, two, around) => {
        const value = {
          a: `${around}${one}${around}`,
          b: [`${two}${one}`, { c: `${one}${two}` }],
          d: 1,
          e: true,
        };
        const text = JSON.stringify(maskSecrets(value, [one, two]));
        expect(text).not.to.include(one).and.not.include(two);
      }),
    );
  });

  it('leaves everything else as it is', () => {
    const value = { a: 'short words', b: [1, undefined, null], c: { d: false } };
    expect(maskSecrets(value, ['short', '', 'not-in-there'])).to.deep.equal(value);
  });
});

describe('atMost', () => {
  it('gives results in order and never runs more than allowed at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer()), fc.integer({ min: 1, max: 8 }), async (items, limit) => {
        let [running, most] = [0, 0];
        const results = await atMost(limit, items, async (item) => {
          most = Math.max(most, ++running);
          await Promise.resolve();
          running--;
          return item * 2;
        });
        expect(results).to.deep.equal(items.map((item) => item * 2));
        expect(most).to.be.at.most(limit);
      }),
    );
  });

  it('rejects with what went wrong', async () => {
    const failed = await atMost(2, [1, 2, 3], (item) =>
      item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item),
    ).catch((error: unknown) => error);
    expect(failed).to.be.an('error').with.property('message', 'two');
  });
});
