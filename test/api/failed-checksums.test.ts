import { expect } from 'chai';
import { FailedChecksums } from '../../src/api/failed-checksums.js';

describe('FailedChecksums', () => {
  const cases: readonly (readonly [string, string, string, boolean])[] = [
    ['one IPv6 network as one client', '2001:db8:0:1::1', '2001:DB8:0:1:ffff:2:3:4', true],
    ['the IPv6 networks beside it apart', '2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['a mapped IPv4 address as that address', '::ffff:203.0.113.1', '203.0.113.1', true],
    ['IPv4 addresses apart', '203.0.113.1', '203.0.113.2', false],
  ];
  for (const [title, first, second, isSame] of cases) {
    it(`counts ${title}`, async () => {
      const failed = new FailedChecksums(1);
      expect(await failed.count(first)).to.equal(true);
      expect(await failed.count(second)).to.equal(!isSame);
    });
  }
});
