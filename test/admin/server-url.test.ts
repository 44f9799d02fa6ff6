import { expect } from 'chai';
import fc from 'fast-check';
import { normaliseServerUrl } from '../../src/admin/server-url.js';

describe('normaliseServerUrl', () => {
  const API = 'https://bbb1.example.org/bigbluebutton/api';
  const accepted: readonly (readonly [string, string])[] = [
    ['https://bbb1.example.org', API],
    ['https://bbb1.example.org/', API],
    ['https://bbb1.example.org/bigbluebutton', API],
    ['https://bbb1.example.org/bigbluebutton/', API],
    ['https://bbb1.example.org/bigbluebutton/api', API],
    ['https://bbb1.example.org/bigbluebutton/api/', API],
    ['https://bbb1.example.org//bigbluebutton//api//', API],
    ['https://bbb1.example.org/api', API],
    ['HTTPS://BBB1.Example.org:443/bigbluebutton/', API],
    ['http://10.0.0.1:8090', 'http://10.0.0.1:8090/bigbluebutton/api'],
    ['http://[::1]:8090/pool/a/', 'http://[::1]:8090/pool/a/bigbluebutton/api'],
  ];
  for (const [given, url] of accepted) {
    it(`makes ${url} of ${given}`, () => {
      expect(normaliseServerUrl(given)).to.equal(url);
    });
  }

  for (const given of [
    'bbb1.example.org',
    'ftp://bbb1.example.org',
    'https://user:pass@bbb1.example.org',
    'https://@bbb1.example.org',
    'https://bbb1.example.org/?x=1',
    'https://bbb1.example.org/#x',
    'https://bbb1 .example.org',
    'https:\\\\bbb1.example.org',
    'https://',
    'https://bbb1.example.org:99999',
    '',
  ]) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      expect(() => normaliseServerUrl(given)).to.throw(Error, /^(must|is no URL)/);
    });
  }

  it('changes nothing when given its own result, and ends in /bigbluebutton/api', () => {
    const segment = fc.constantFrom('bigbluebutton', 'api', 'pool', 'x1', '');
    fc.assert(
      fc.property(fc.webAuthority(), fc.array(segment, { maxLength: 5 }), (authority, segments) => {
        fc.pre(!authority.includes('@'));
        let once: string;
        try {
          once = normaliseServerUrl(`https://${authority}/${segments.join('/')}`);
        } catch {
          return;
        }
        expect(normaliseServerUrl(once)).to.equal(once);
        expect(once).to.match(/[^/]\/bigbluebutton\/api$/);
      }),
    );
  });
});
