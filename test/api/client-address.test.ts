import { expect } from 'chai';
import { clientAddresses } from '../../src/api/client-address.js';
import { fakeRequest } from '../support/fake-request.js';

describe('clientAddresses', () => {
  const CHAIN = { 'x-forwarded-for': '203.0.113.9, 10.0.0.7', 'x-forwarded-host': 'acme.example.org' };

  it('believes a proxy on this host when loopback is trusted', () => {
    const addresses = clientAddresses('loopback');
    const request = fakeRequest({ 'x-forwarded-for': '203.0.113.9' });
    expect(addresses.addressOf(request)).to.equal('203.0.113.9');
  });

  it('takes the peer for the client when the peer is not trusted', () => {
    const addresses = clientAddresses('loopback');
    expect(addresses.addressOf(fakeRequest(CHAIN, '198.51.100.1'))).to.equal('198.51.100.1');
  });

  it('stops at the first hop that is not trusted', () => {
    expect(clientAddresses('loopback').addressOf(fakeRequest(CHAIN))).to.equal('10.0.0.7');
    expect(clientAddresses('loopback, 10.0.0.0/8').addressOf(fakeRequest(CHAIN))).to.equal('203.0.113.9');
  });

  it('trusts as many hops as a number says', () => {
    expect(clientAddresses(0).addressOf(fakeRequest(CHAIN))).to.equal('127.0.0.1');
    expect(clientAddresses(1).addressOf(fakeRequest(CHAIN))).to.equal('10.0.0.7');
    expect(clientAddresses(2).addressOf(fakeRequest(CHAIN))).to.equal('203.0.113.9');
  });

  it('trusts everyone or nobody', () => {
    expect(clientAddresses(true).addressOf(fakeRequest(CHAIN))).to.equal('203.0.113.9');
    expect(clientAddresses(false).addressOf(fakeRequest(CHAIN))).to.equal('127.0.0.1');
  });

  it('takes the host from X-Forwarded-Host of a trusted peer only', () => {
    const headers = { ...CHAIN, host: 'inner:8080' };
    expect(clientAddresses('loopback').hostOf(fakeRequest(headers))).to.equal('acme.example.org');
    expect(clientAddresses('loopback').hostOf(fakeRequest(headers, '198.51.100.1'))).to.equal('inner:8080');
    expect(clientAddresses(false).hostOf(fakeRequest(headers))).to.equal('inner:8080');
  });

  it('takes the first of several forwarded hosts', () => {
    const request = fakeRequest({ 'x-forwarded-host': 'a.example.org , b.example.org', host: 'inner' });
    expect(clientAddresses('loopback').hostOf(request)).to.equal('a.example.org');
  });

  it('falls back on Host, and on nothing', () => {
    expect(clientAddresses('loopback').hostOf(fakeRequest({ host: 'inner' }))).to.equal('inner');
    expect(clientAddresses('loopback').hostOf(fakeRequest({}))).to.equal(undefined);
  });

  it('gives the origin a client wrote, for URLs of its own', () => {
    const addresses = clientAddresses('loopback');
    const origin = (headers: Record<string, string>, peer?: string): string | undefined =>
      addresses.originOf(fakeRequest(headers, peer));
    expect(origin({ host: 'lb.example:8080' })).to.equal('http://lb.example:8080');
    expect(origin({ host: '[2001:db8::1]:8080' })).to.equal('http://[2001:db8::1]:8080');
    const proxied = { host: 'inner', 'x-forwarded-host': 'lb.example', 'x-forwarded-proto': 'HTTPS, http' };
    expect(origin(proxied)).to.equal('https://lb.example');
    expect(origin(proxied, '198.51.100.1')).to.equal('http://inner');
    for (const host of ['', 'a b', 'a/b', 'a"b', 'user@a', 'a:b', '[x]']) {
      expect(origin({ host }), host).to.equal(undefined);
    }
    expect(origin({})).to.equal(undefined);
  });
});
