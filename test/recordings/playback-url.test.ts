import { expect } from 'chai';
import { withPlaybackUrl } from '../../src/recordings/playback-url.js';

describe('withPlaybackUrl', () => {
  const xml = (host: string): string =>
    `<recording><metadata><url>https://bbb1/keep</url></metadata><playback><format><type>presentation</type>` +
    `<url>${host}/playback/presentation/2.3/a?b=c</url><preview><images>` +
    `<image alt="https://bbb1/alt" width="1">${host}/presentation/a/thumb-1.png</image></images></preview></format>` +
    `<format><url>\n<![CDATA[ ${host}/podcast/a]]></url></format></playback><other>ü https://bbb1/x</other></recording>`;

  it('replaces scheme and host of links and previews, and nothing else', () => {
    for (const base of [
      'https://rec.example.org',
      'https://rec.example.org/',
      'http://rec.example.org:8443/sub',
    ]) {
      const shown = withPlaybackUrl(Buffer.from(xml('http://bbb1:81')), base).toString();
      expect(shown).to.equal(xml(base.replace(/\/$/, '')));
    }
  });

  it('leaves an element without playback as it is', () => {
    const plain = Buffer.from('<recording><recordID>a</recordID></recording>');
    expect(withPlaybackUrl(plain, 'https://x')).to.equal(plain);
  });
});
