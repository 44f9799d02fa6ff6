import { expect } from 'chai';
import { ownUrl } from '../../src/callbacks/own-urls.js';
import { CallbackTargets } from '../../src/callbacks/callback-targets.js';
import { CallbackTokens } from '../../src/callbacks/callback-tokens.js';
import { UrlRestorer } from '../../src/callbacks/url-restorer.js';
import { silentLogger } from '../../src/log.js';
import { targetOf } from '../store/contract/callback-target-store.js';
import { MemoryTargetStore } from '../support/memory-target-store.js';

describe('UrlRestorer', () => {
  const tokens = new CallbackTokens(Buffer.alloc(32, 1));
  const given = 'https://moodle.example/end?a=1&b=<"\'ü>]]>';
  let store: MemoryTargetStore;
  let restorer: UrlRestorer;
  let own: string;

  beforeEach(async () => {
    store = new MemoryTargetStore();
    const id = tokens.newId();
    store.rows.set(id, targetOf(id, { tenantId: 'school', urls: { end: given } }));
    const targets = await CallbackTargets.load({
      store,
      newId: () => tokens.newId(),
      now: () => 1,
      logger: silentLogger,
    });
    restorer = new UrlRestorer({ tokens, targets });
    own = ownUrl('https://lb.example', tokens.tokenOf(id), 'end');
  });

  const now = (text: string, tenantId?: string): string =>
    restorer.restoreUrlsNow(Buffer.from(text), tenantId).toString('utf8');

  it('puts back what the front end gave, escaped as its place needs it', () => {
    expect(now(`<m><endcallbackurl>${own}</endcallbackurl><n>ü</n></m>`)).to.equal(
      '<m><endcallbackurl>https://moodle.example/end?a=1&amp;b=&lt;&quot;&#39;ü&gt;]]&gt;</endcallbackurl><n>ü</n></m>',
    );
    expect(now(`<a><![CDATA[${own}]]></a>`)).to.equal(
      `<a><![CDATA[${given.replace(']]>', ']]]]><![CDATA[>')}]]></a>`,
    );
  });

  it("shows no tenant another one's, and none of a session it does not know", () => {
    expect(now(`<a>${own}</a>`, 'other')).to.equal('<a></a>');
    expect(now(`<a>${own}</a>`, 'school')).to.include('moodle.example');
    const unknown = ownUrl('https://lb.example', tokens.tokenOf(tokens.newId()), 'end');
    expect(now(`<a>${unknown}</a>`)).to.equal('<a></a>');
  });

  it('leaves what only looks like one, and gives back the same bytes then', () => {
    const xml = Buffer.from(`<a>https://lb.example/callbacks/${'x'.repeat(32)}/end</a><b>\xff</b>`, 'latin1');
    expect(restorer.restoreUrlsNow(xml)).to.equal(xml);
    expect(restorer.restoreUrlsNow(Buffer.from('<a/>')).toString()).to.equal('<a/>');
  });

  it('keeps bytes that are no UTF-8', () => {
    const xml = Buffer.concat([Buffer.from(`<a>${own}</a>`), Buffer.from([0xff, 0xfe])]);
    expect(restorer.restoreUrlsNow(xml).subarray(-2)).to.deep.equal(Buffer.from([0xff, 0xfe]));
  });

  it('finds sessions that are long over in the store', async () => {
    const id = tokens.newId();
    store.rows.set(id, targetOf(id, { urls: { analytics: 'https://a.example' }, endedAt: 1, toldAt: 2 }));
    const old = ownUrl('http://[::1]:8080', tokens.tokenOf(id), 'analytics');
    expect(now(`<a>${old}</a>`)).to.equal('<a></a>');
    const restored = await restorer.restoreUrls(Buffer.from(`<a>${old}</a><b>${own}</b>`), 'default');
    expect(restored.toString()).to.equal('<a>https://a.example</a><b></b>');
    expect(await restorer.originalOf(old, 'default')).to.equal('https://a.example');
    expect(await restorer.originalOf('https://a.example', 'default')).to.equal(undefined);
  });
});
