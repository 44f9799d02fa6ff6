import { expect } from 'chai';
import fc from 'fast-check';
import { CALLBACK_SLOTS } from '../../src/callbacks/callback-slots.js';
import { findOwnUrls, ownUrl, parseOwnPath } from '../../src/callbacks/own-urls.js';

const TOKEN = 'abcdefghijklmnopqrstuvwxyz-_0123';

describe('own URLs', () => {
  const bases = [
    'http://lb.example',
    'https://lb.example:8443/pool',
    'http://[2001:db8::1]:8080',
    'http://10.0.0.1',
  ];

  it('are found wherever they stand, whatever their base', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...bases),
        fc.constantFrom(...CALLBACK_SLOTS),
        fc.constantFrom('<x>', '<![CDATA[', '"', ' ', '', 'callbacks', '/callbacks/'),
        fc.constantFrom('</x>', ']]>', '"', ' ', '', '?a=b'),
        (base, slot, before, after) => {
          const url = ownUrl(base, TOKEN, slot);
          const text = `http://other/callbacks/x${before} ${url}${after} ${before} ${url}`;
          const found = findOwnUrls(text);
          expect(found.map(({ start, end }) => text.slice(start, end))).to.deep.equal([url, url]);
          expect(found[0]).to.include({ token: TOKEN, slot });
        },
      ),
    );
  });

  it('are found in JSON that escapes its slashes', () => {
    const url = ownUrl('https://lb.example', TOKEN, 'recording-ready/bn').replaceAll('/', '\\/');
    const text = `{"a":"${url}"}`;
    const [found] = findOwnUrls(text);
    expect(text.slice(found?.start, found?.end)).to.equal(url);
  });

  it('are nothing else', () => {
    for (const url of [
      `http://x/callbacks/${TOKEN}`,
      `http://x/callbacks/${TOKEN}/`,
      `http://x/callbacks/${TOKEN}/endless`,
      `http://x/callbacks/${TOKEN}/end/more`,
      `http://x/callbacks/${TOKEN}x/end`,
      `http://x/mycallbacks/${TOKEN}/end`,
      `ftp://x/callbacks/${TOKEN}/end`,
      `/callbacks/${TOKEN}/end`,
    ]) {
      expect(findOwnUrls(url), url).to.deep.equal([]);
    }
  });

  it('are looked for in linear time', () => {
    const startedAt = performance.now();
    findOwnUrls('http://a/callbacks/'.repeat(50_000));
    findOwnUrls('callbacks'.repeat(100_000));
    expect(performance.now() - startedAt).to.be.below(3_000);
  });

  it('tell by their path which callback of whom they are', () => {
    expect(parseOwnPath(`${TOKEN}/recording-ready/canvas`)).to.deep.equal({
      token: TOKEN,
      slot: 'recording-ready/canvas',
    });
    expect(parseOwnPath(`${TOKEN}/other`)).to.equal(undefined);
    expect(parseOwnPath('/end')).to.equal(undefined);
  });
});
