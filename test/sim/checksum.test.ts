import { expect } from 'chai';
import { checksumOf, isChecksumRight, withoutChecksum } from '../../src/sim/checksum.js';

const SECRET = '639259d4-9dd8-4b25-bf01-95f9567eaf4b';
const ALL = ['sha1', 'sha256', 'sha384', 'sha512'] as const;

describe('sim checksum', () => {
  // The first value is printed in BigBlueButton's documentation.
  const vectors = [
    [
      'sha1',
      'create',
      'name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444',
      '1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17',
    ],
    [
      'sha256',
      'create',
      'name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444',
      'da9185f7f333cfdfcd6eeac32dca3777510c4c436020d8b887ba5515bd1d189e',
    ],
    [
      'sha384',
      'create',
      'name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444',
      '891ac633df39d0a1b4f8d597f3e190833216c4b29c4fb51ea3ca72757eeb958d6e7b49a845cf29f5c6019c7d29d029d1',
    ],
    ['sha1', 'getMeetings', '', '2027baa7771026e9e93392f55031535d1444c41f'],
    [
      'sha1',
      'join',
      'fullName=J%C3%BCrgen%20M&meetingID=abc123&role=MODERATOR',
      '8bff96b72008052eb14cbe96b5490a776e0b1644',
    ],
    [
      'sha256',
      'hooks/create',
      'callbackURL=https%3A%2F%2Fcb.example%2Fx',
      '1113e26342cf9a29147f88f6e688e9ed6a2db913b14a52b83549549fdcd5305d',
    ],
  ] as const;
  for (const [algorithm, call, query, expected] of vectors) {
    it(`signs ${call}?${query.slice(0, 20)} with ${algorithm} as BigBlueButton does`, () => {
      expect(checksumOf(algorithm, call, query, SECRET)).to.equal(expected);
    });
  }

  it('takes upper-case hex and chooses the algorithm by length', () => {
    for (const algorithm of ALL) {
      const value = checksumOf(algorithm, 'end', 'meetingID=a1', SECRET).toUpperCase();
      expect(isChecksumRight(value, 'end', 'meetingID=a1', SECRET, ALL)).to.be.true;
    }
  });

  it('refuses an algorithm that is not allowed, odd lengths and another query', () => {
    const value = checksumOf('sha1', 'end', 'meetingID=a1', SECRET);
    expect(isChecksumRight(value, 'end', 'meetingID=a1', SECRET, ['sha256'])).to.be.false;
    expect(isChecksumRight(value.slice(1), 'end', 'meetingID=a1', SECRET, ALL)).to.be.false;
    expect(isChecksumRight(value, 'end', 'meetingID=a2', SECRET, ALL)).to.be.false;
    expect(isChecksumRight('ü'.repeat(40), 'end', 'meetingID=a1', SECRET, ALL)).to.be.false;
  });

  it('cuts the parameter out at the beginning, in the middle, at the end and alone', () => {
    expect(withoutChecksum('checksum=v&a=1', 'v')).to.equal('a=1');
    expect(withoutChecksum('a=1&checksum=v&b=2', 'v')).to.equal('a=1&b=2');
    expect(withoutChecksum('a=1&checksum=v', 'v')).to.equal('a=1');
    expect(withoutChecksum('&checksum=v', 'v')).to.equal('');
    expect(withoutChecksum('checksum=v', 'v')).to.equal('');
  });
});
