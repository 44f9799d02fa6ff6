import { expect } from 'chai';
import { RawQuery } from '../../src/bbb/raw-query.js';
import { CallbackTargets } from '../../src/callbacks/callback-targets.js';
import { CallbackTokens } from '../../src/callbacks/callback-tokens.js';
import { CreateRewriter, type GivenCreate } from '../../src/callbacks/create-rewriter.js';
import { silentLogger } from '../../src/log.js';
import { MemoryTargetStore } from '../support/memory-target-store.js';

describe('CreateRewriter', () => {
  const tokens = new CallbackTokens(Buffer.alloc(32, 3));
  let store: MemoryTargetStore;
  let targets: CallbackTargets;

  beforeEach(async () => {
    store = new MemoryTargetStore();
    const now = (): number => 1;
    targets = await CallbackTargets.load({ store, newId: () => tokens.newId(), now, logger: silentLogger });
  });

  function rewriter(publicUrl?: string): CreateRewriter {
    return new CreateRewriter({ targets, tokens, ends: { replaced: () => undefined }, publicUrl });
  }

  function given(query: string, origin: string | undefined = 'http://asked.example:8080'): GivenCreate {
    return {
      tenantId: 'default',
      meetingId: 'room',
      query: RawQuery.parse(query),
      isBreakout: false,
      origin: () => origin,
    };
  }

  it('replaces every callback URL in its place, in any case of its name, and adds none', async () => {
    const { query } = await rewriter('https://lb.example').rewrite(
      given(
        'name=A&meta_EndCallbackURL=https%3A%2F%2Fa%2Fend&meta_x=1&meetingEndedURL=https://a/ended' +
          '&meta_bbb-recording-ready-url=https://a/bbb&meta_BN-recording-ready-url=https://a/bn' +
          '&meta_canvas-recording-ready-url=https://a/canvas&meta_analytics-callback-url=https://a/an&record=true',
      ),
    );
    const [target] = targets.open();
    const token = tokens.tokenOf(target?.id ?? '');
    const own = encodeURIComponent(`https://lb.example/callbacks/${token}/`);
    expect(query.toString()).to.equal(
      `name=A&meta_EndCallbackURL=${own}end&meta_x=1&meetingEndedURL=${own}ended` +
        `&meta_bbb-recording-ready-url=${own}recording-ready%2Fbbb` +
        `&meta_BN-recording-ready-url=${own}recording-ready%2Fbn` +
        `&meta_canvas-recording-ready-url=${own}recording-ready%2Fcanvas` +
        `&meta_analytics-callback-url=${own}analytics&record=true`,
    );
    expect(target?.urls).to.deep.equal({
      end: 'https://a/end',
      ended: 'https://a/ended',
      'recording-ready/bbb': 'https://a/bbb',
      'recording-ready/bn': 'https://a/bn',
      'recording-ready/canvas': 'https://a/canvas',
      analytics: 'https://a/an',
    });
    expect(target?.isRecorded).to.equal(true);
  });

  it('replaces each spelling of one, since BBB takes them for one', async () => {
    const { query } = await rewriter().rewrite(
      given('meta_endCallbackUrl=&meta_ENDCALLBACKURL=http://a/1&meta_endcallbackurl=http://a/2'),
    );
    expect(query.toString()).not.to.include('//a/');
    expect(query.get('meta_endCallbackUrl')).to.equal('');
    expect(query.get('meta_endcallbackurl')).to.match(/^http:\/\/asked\.example:8080\/callbacks\//);
    expect(targets.open()[0]?.urls.end).to.equal('http://a/1');
  });

  it('writes nothing for a create without callbacks, and gives back the same query', async () => {
    for (const text of ['name=A&meta_x=http://a', 'meta_endCallbackUrl=', 'meetingendedurl=http://a']) {
      const create = given(text);
      expect((await rewriter().rewrite(create)).query).to.equal(create.query);
    }
    expect(store.writes).to.equal(0);
  });

  it('leaves the URLs where it does not know its own', async () => {
    const create = { ...given('meetingEndedURL=http://a'), origin: () => undefined };
    expect((await rewriter().rewrite(create)).query).to.equal(create.query);
  });

  it('gives each session a token of its own', async () => {
    const create = given('meetingEndedURL=http://a');
    const first = await rewriter().rewrite(create);
    first.created({ internalMeetingId: 'x-1' });
    expect((await rewriter().rewrite(create)).query.toString()).to.equal(first.query.toString());
    await targets.end('room');
    expect((await rewriter().rewrite(create)).query.toString()).not.to.equal(first.query.toString());
  });

  it('forgets what it gave a create that its server refused', async () => {
    const refused = await rewriter().rewrite(given('meetingEndedURL=http://a'));
    refused.created(undefined);
    await targets.stop();
    expect(targets.open()).to.deep.equal([]);
    expect(store.rows.size).to.equal(0);
  });

  it('keeps it where another create of the room was given the same, or its server gave no ID', async () => {
    const first = await rewriter().rewrite(given('meetingEndedURL=http://a'));
    const second = await rewriter().rewrite(given('meetingEndedURL=http://a'));
    first.created(undefined);
    second.created({ internalMeetingId: 'x-1' });
    expect(targets.open().map(({ internalMeetingIds }) => internalMeetingIds)).to.deep.equal([['x-1']]);
    const repeat = await rewriter().rewrite(given('meetingEndedURL=http://a'));
    repeat.created(undefined);
    const other = await rewriter().rewrite({ ...given('meetingEndedURL=http://a'), meetingId: 'other' });
    other.created({ internalMeetingId: undefined });
    await targets.stop();
    expect(targets.open()).to.have.lengthOf(2);
  });
});
