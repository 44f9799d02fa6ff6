import { expect } from 'chai';
import fc from 'fast-check';
import { analyticsCallback, parseAnalytics } from '../../src/callbacks/analytics.js';
import { CallbackTokens } from '../../src/callbacks/callback-tokens.js';
import { ownUrl } from '../../src/callbacks/own-urls.js';
import { targetOf } from '../store/contract/callback-target-store.js';

describe('analytics', () => {
  const tokens = new CallbackTokens(Buffer.alloc(32, 5));
  const id = tokens.newId();
  const target = targetOf(id, {
    tenantId: 'school',
    meetingId: 'Raum "1"\\ü',
    urls: { analytics: ' https://moodle.example/a?b="c"&d ', end: 'https://moodle.example/end' },
  });
  const scopedId = `school--${target.meetingId}`;
  const own = ownUrl('http://lb.example', tokens.tokenOf(id), 'analytics');

  function sent(text: string): string | undefined {
    const analytics = parseAnalytics(Buffer.from(text), target);
    const callback = analytics && analyticsCallback(target, analytics, { tokens, now: 9 });
    return callback?.content.form === 'analytics' ? callback.content.body : undefined;
  }

  it('leaves every byte but own URLs and scoped IDs', () => {
    const slashes = JSON.stringify(own).replaceAll('/', '\\/');
    const text = (url: string, url2: string, meetingId: string): string =>
      `{"version":"1.0" , "meeting_id":${meetingId},"internal_meeting_id":"x-1", "n":1.0,"e":"\\u00fc",` +
      `"data":{"metadata":{"analytics_callback_url":${url},"u":${url2},"meeting_id" : ${meetingId},` +
      `"meeting_name":${JSON.stringify(`"meeting_id":"${scopedId}"`)},"other":"see ${own}"}}}\n`;
    expect(sent(text(JSON.stringify(own), slashes, JSON.stringify(scopedId)))).to.equal(
      text(
        JSON.stringify(target.urls.analytics),
        JSON.stringify(target.urls.analytics),
        JSON.stringify(target.meetingId),
      ),
    );
  });

  it('keeps any other document as it is', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const text = `{"meeting_id":${JSON.stringify(scopedId)},"internal_meeting_id":"x-1","data":${json}}`;
        expect(sent(text)).to.equal(
          text.replace(JSON.stringify(scopedId), () => JSON.stringify(target.meetingId)),
        );
      }),
    );
  });

  it('takes those of its own meeting and of breakout rooms, and nothing else', () => {
    const body = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
    const good = { meeting_id: scopedId, internal_meeting_id: 'x-1' };
    const breakout = `${'a'.repeat(40)}-1700000000000`;
    expect(parseAnalytics(body(good), target)).to.include({ internalMeetingId: 'x-1' });
    expect(parseAnalytics(body({ ...good, meeting_id: breakout }), target)).not.to.equal(undefined);
    for (const bad of [
      { ...good, meeting_id: target.meetingId },
      { ...good, meeting_id: 'school--other' },
      { ...good, meeting_id: 5 },
      { ...good, internal_meeting_id: 'x:1' },
      { meeting_id: scopedId },
      [],
      null,
      'x',
    ]) {
      expect(parseAnalytics(body(bad), target), JSON.stringify(bad)).to.equal(undefined);
    }
    expect(parseAnalytics(Buffer.from('{"meeting_id"'), target)).to.equal(undefined);
    expect(parseAnalytics(Buffer.concat([body(good), Buffer.from([0xff])]), target)).to.equal(undefined);
  });

  it('is one callback for each session', () => {
    const analytics = parseAnalytics(
      Buffer.from(JSON.stringify({ meeting_id: scopedId, internal_meeting_id: 'x-1' })),
      target,
    );
    if (analytics === undefined) throw new Error('the analytics were not read');
    expect(analyticsCallback(target, analytics, { tokens, now: 9 })).to.deep.include({
      kind: 'analytics',
      key: `${id}:x-1`,
      target: 'https://moodle.example/a?b="c"&d',
      dueAt: 9,
    });
    expect(analyticsCallback({ ...target, urls: {} }, analytics, { tokens, now: 9 })).to.equal(undefined);
  });
});
