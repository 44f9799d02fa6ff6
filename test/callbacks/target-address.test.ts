import { expect } from 'chai';
import fc from 'fast-check';
import { isPublicAddress } from '../../src/callbacks/target-address.js';

describe('public addresses', () => {
  for (const address of [
    '8.8.8.8',
    '193.99.144.80',
    '2606:4700::6810:84e5',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ]) {
    it(`takes ${address}`, () => {
      expect(isPublicAddress(address)).to.equal(true);
    });
  }

  const refused = {
    loopback: ['127.0.0.1', '127.255.255.254', '::1'],
    unspecified: ['0.0.0.0', '0.1.2.3', '::'],
    private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1'],
    'link-local': ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'fec0::1'],
    'shared (CGNAT)': ['100.64.0.1', '100.127.255.255'],
    multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
    reserved: [
      '240.0.0.1',
      '255.255.255.255',
      '192.0.0.1',
      '198.18.0.1',
      '203.0.113.1',
      '2001:db8::1',
      '100::1',
    ],
    mapped: ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '::127.0.0.1'],
    'translated (NAT64)': ['64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::a00:1'],
    '6to4 and Teredo': ['2002:7f00:1::', '2002:808:808::1', '2001::1'],
    'no addresses': ['', 'localhost', '1.2.3', '2130706433.', '1.2.3.4.5', '[::1]', '8.8.8.8/8'],
  };
  for (const [range, addresses] of Object.entries(refused)) {
    it(`refuses ${range}`, () => {
      for (const address of addresses) expect(isPublicAddress(address), address).to.equal(false);
    });
  }

  it('refuses a private IPv4 address however it is written into an IPv6 one', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const hidden = fc.oneof(
      fc.tuple(fc.constant(127), byte, byte, byte),
      fc.tuple(fc.constant(10), byte, byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
      fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
    );
    fc.assert(
      fc.property(hidden, fc.constantFrom('::ffff:', '::', '64:ff9b::'), ([a, b, c, d], prefix) => {
        const hex = (high: number, low: number): string => (high * 256 + low).toString(16);
        expect(isPublicAddress(`${prefix}${a}.${b}.${c}.${d}`)).to.equal(false);
        expect(isPublicAddress(`${prefix}${hex(a, b)}:${hex(c, d)}`)).to.equal(false);
        expect(isPublicAddress(`2002:${hex(a, b)}:${hex(c, d)}::1`)).to.equal(false);
      }),
    );
  });
});
