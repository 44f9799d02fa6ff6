import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { signQuery, stripChecksum, verifyChecksum } from '../../src/bbb/checksum.js';
import type { ChecksumAlgorithm, ChecksumVerdict } from '../../src/bbb/checksum.js';

const SECRET = '639259d4-9dd8-4b25-bf01-95f9567eaf4b';
const ALL: readonly ChecksumAlgorithm[] = ['sha1', 'sha256', 'sha384', 'sha512'];

// Call, query, SHA-1, SHA-256. The first row is printed in BBB's own documentation.
const VECTORS: readonly (readonly [string, string, string, string])[] = [
  [
    'create',
    'name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444',
    '1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17',
    'da9185f7f333cfdfcd6eeac32dca3777510c4c436020d8b887ba5515bd1d189e',
  ],
  [
    'create',
    'attendeePW=111222&meetingID=abc123&moderatorPW=333444&name=Test+Meeting',
    '0b89c2ebcfefb76772cbcf19386c33561f66f6ae',
    '94ec9a89c7dc53af01537aef9f8ecbae5e95cd7f37cd4bf18101b976a4a8b097',
  ],
  [
    'create',
    'meetingID=Raum+1&name=a%26b',
    '7a01530320c5d71a1ca850eca4e304ede3f6f465',
    '68910333f29bdc84dcd66454e576d815803b83f9a9fa7e8cac8061bafae7b350',
  ],
  [
    'getMeetings',
    '',
    '2027baa7771026e9e93392f55031535d1444c41f',
    'a5370c5f3d97d56d53b435684cdbc429c2898a3bf9f435518b4279e1e0dbfc8c',
  ],
  [
    'isMeetingRunning',
    'meetingID=abc123',
    '8478733ccb8695b8aaaff48b3c1e281a75a6f046',
    '0d7030d1b5af6624c3e8909540eb2747a33d993a4951fb3bde9462025e41dcdb',
  ],
  [
    'getMeetingInfo',
    'meetingID=abc123',
    'f4a4a2107fae99c5a388a49250a191aab50f3a4a',
    '039cf45b0c8a27964c5ed0923f0655147e459a5b9bfb4de181b87d313607118c',
  ],
  [
    'end',
    'meetingID=abc123&password=333444',
    '108cff1d464726e7f5ca952d168d72c915fe4acb',
    'b9794062fab9177b6b9c361efe2747eb9d5d9809151b1571a38e63b22ea5b580',
  ],
  [
    'join',
    'fullName=J%C3%BCrgen+M&meetingID=abc123&role=MODERATOR',
    '8c87675d954913b9f5dfc9da217a906ca52d2e87',
    '2d70bd819329d2179e2f3383c16f9b9f16d5ea0fa1bf6a88a456bb2107cdcb27',
  ],
  [
    'join',
    'fullName=J%C3%BCrgen%20M&meetingID=abc123&role=MODERATOR',
    '8bff96b72008052eb14cbe96b5490a776e0b1644',
    '52d4e4acf31fce74789ed677abee4007a570dac1b0333799eb9f00fcb7df3cba',
  ],
  [
    'insertDocument',
    'meetingID=abc123',
    'd9d35dab05b5285dbc38d02d1c8abcbb5d8d7e25',
    '5550072b9b456c6e0c2bf6b9cb86b154c19f92b62ddad920167b444bc90067f9',
  ],
  [
    'getRecordings',
    'meetingID=abc123&state=any',
    '2884036407e13c3cdf1bef1abe407d551b03f4ef',
    'a569d61d420d6118a97cab87cde28cae90f315797167cbbea92a66d97ceddf7e',
  ],
  [
    'hooks/create',
    'callbackURL=https%3A%2F%2Fcb.example%2Fx',
    '854eda86f15e5c55b3cda6c8bc97c3291b49f8ed',
    '1113e26342cf9a29147f88f6e688e9ed6a2db913b14a52b83549549fdcd5305d',
  ],
  [
    'hooks/list',
    '',
    '15e0d31c1b67ccc0bc9af5d714c6557f02b62cc5',
    'bad2823988b7bfd7f907736d9c2fd17c938f0183580fa428ce0cd54205779b3a',
  ],
  [
    '',
    '',
    '674406c8c965fa3ee35b767fd3319a83b87fc33f',
    '7095429a567cab46b9fafff33ef2ac666c38e0f5c8ba278ea5c930ed7d3a06ab',
  ],
];

function verify(
  call: string,
  query: string,
  options: Partial<Parameters<typeof verifyChecksum>[0]> = {},
): ChecksumVerdict {
  return verifyChecksum({ call, query, secrets: [SECRET], algorithms: ALL, ...options });
}

// Any code unit, lone surrogates included; fast-check's own units for that take two seconds to set up.
const anyChar = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

describe('checksum', () => {
  for (const [call, query, sha1, sha256] of VECTORS) {
    it(`signs and verifies ${call || 'the version call'}?${query}`, () => {
      const prefix = query === '' ? '' : `${query}&`;
      expect(signQuery(call, query, SECRET, 'sha1')).to.equal(`${prefix}checksum=${sha1}`);
      expect(signQuery(call, query, SECRET)).to.equal(`${prefix}checksum=${sha256}`);
      for (const value of [sha1, sha256, sha256.toUpperCase()]) {
        expect(verify(call, `${prefix}checksum=${value}`)).to.equal('valid');
        expect(verify(call, query === '' ? `checksum=${value}&` : `checksum=${value}&${query}`)).to.equal(
          'valid',
        );
      }
      expect(verify(call, `${prefix}checksum=${sha256}`, { secrets: ['other'] })).to.equal('wrong');
    });
  }

  it('verifies SHA-384 and SHA-512', () => {
    const query = VECTORS[0]![1];
    const sha384 =
      '891ac633df39d0a1b4f8d597f3e190833216c4b29c4fb51ea3ca72757eeb958d6e7b49a845cf29f5c6019c7d29d029d1';
    const sha512 =
      'de73ad61d11a5c801b68d4bd6ec5248546085cefb0b25c85f3c46249ea93a3a4b120f92c0a8a58d7512cb77821884951a3b01245f3435dbbef49fff3cc3988b4';
    for (const value of [sha384, sha512])
      expect(verify('create', `${query}&checksum=${value}`)).to.equal('valid');
  });

  it('verifies a checksum in the middle without gluing its neighbours together', () => {
    const [call, query, , sha256] = VECTORS[0]!;
    const middle = query.replace('&meetingID', `&checksum=${sha256}&meetingID`);
    expect(verify(call, middle)).to.equal('valid');
    expect(stripChecksum(middle)).to.equal(query);
  });

  it('takes the leading & that front ends send without parameters', () => {
    const [call, , sha1] = VECTORS[3]!;
    expect(verify(call, `&checksum=${sha1}`)).to.equal('valid');
  });

  it('hashes the bytes as they came, whatever their encoding', () => {
    const queries = [
      'a=b%20c',
      'a=b+c',
      'a=~',
      'a=%7E',
      "a=(x)!'*",
      'a[]=1&a%5B%5D=2',
      'a=J\xc3\xbcrgen',
      'a=\xfc',
      'a=&b&&c=%',
    ];
    for (const query of queries) {
      const bytes = Buffer.concat([Buffer.from(`join${query}`, 'latin1'), Buffer.from(SECRET)]);
      const checksum = createHash('sha256').update(bytes).digest('hex');
      expect(verify('join', `${query}&checksum=${checksum}`), query).to.equal('valid');
    }
  });

  it('refuses an algorithm that is not allowed, and what is no checksum at all', () => {
    const [call, query, sha1, sha256] = VECTORS[0]!;
    expect(verify(call, `${query}&checksum=${sha1}`, { algorithms: ['sha256'] })).to.equal('wrong');
    expect(verify(call, `${query}&checksum=${sha256.slice(1)}`)).to.equal('wrong');
    expect(verify(call, `${query}&checksum=${'z'.repeat(64)}`)).to.equal('wrong');
    expect(verify(call, query)).to.equal('missing');
    expect(verify(call, `${query}&checksum=`)).to.equal('missing');
    expect(verify(call, `${query}&checksum`)).to.equal('missing');
    expect(verify(call, `${query}&Checksum=${sha256}`)).to.equal('missing');
  });

  it('takes any live secret and never an empty one', () => {
    const [call, query, , sha256] = VECTORS[0]!;
    expect(verify(call, `${query}&checksum=${sha256}`, { secrets: ['new', SECRET] })).to.equal('valid');
    const unsigned = signQuery(call, query, '');
    expect(verify(call, unsigned, { secrets: [''] })).to.equal('wrong');
    expect(verify(call, unsigned, { secrets: [] })).to.equal('wrong');
  });

  it('refuses several checksums, however the second is written', () => {
    const [call, query, sha1, sha256] = VECTORS[0]!;
    const signed = `${query}&checksum=${sha256}`;
    for (const second of [
      `checksum=${sha256}`,
      `checksum=${sha1}`,
      'checksum=',
      'checksum',
      '%63hecksum=x',
      'check%73um=x',
      '+checksum=x',
      'checksum%20=x',
      'checksum%00=x',
      `foochecksum=${sha256}`,
    ]) {
      expect(verify(call, `${signed}&${second}`), second).to.equal('repeated');
      expect(verify(call, `${second}&${signed}`), second).to.equal('repeated');
    }
  });

  it('does not let a copy of the checksum hide a change of another parameter', () => {
    const sha256 = createHash('sha256').update(`endmeetingID=abc${SECRET}`).digest('hex');
    const query = `meetingID=abchecksum=${sha256}c&checksum=${sha256}`;
    expect(verify('end', query)).to.equal('repeated');
  });

  it('verifies what it signed at any position, and nothing that was changed', () => {
    const part = fc.stringMatching(/^[a-z%+=[\]~\x80-\xff]{0,12}$/);
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }),
        fc.constantFrom(...ALL),
        fc.nat(),
        (parts, algorithm, seed) => {
          const query = parts.join('&');
          const signed = signQuery('create', query, SECRET, algorithm);
          expect(verify('create', signed)).to.equal('valid');
          const checksum = signed.slice(signed.lastIndexOf('checksum='));
          const at = seed % (parts.length + 1);
          const moved = [...parts.slice(0, at), checksum, ...parts.slice(at)].join('&');
          if (parts.length > 0) expect(verify('create', moved)).to.equal('valid');
          expect(verify('create', `${signed}x`)).to.equal('wrong');
          expect(verify('create', `x${signed}`)).to.equal(query === '' ? 'missing' : 'wrong');
        },
      ),
    );
  });

  it('stays fast and calm on any query', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyChar }), (query) => {
        expect(verify('create', query)).to.be.oneOf(['missing', 'wrong', 'repeated']);
      }),
    );
    const startedAt = performance.now();
    for (const part of ['&', 'a&', '%63hecksum&', 'checksum=&', '=', '%', '+checksum']) {
      verify('create', part.repeat(65_536 / part.length));
      stripChecksum(part.repeat(65_536 / part.length));
    }
    expect(performance.now() - startedAt).to.be.lessThan(1000);
  });
});
