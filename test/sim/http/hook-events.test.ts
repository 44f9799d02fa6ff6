import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { startSimServer, type SimServer } from '../../../src/sim/sim-server.js';
import { queryOf, until } from '../../support/app-rig.js';
import { CallbackInbox } from '../../support/callback-inbox.js';
import { callBbb, elementText } from '../../support/sim-client.js';

const SECRET = 'server-secret';

describe('webhooks of a simulated server', () => {
  let server: SimServer;
  let inbox: CallbackInbox;

  beforeEach(async () => {
    inbox = await CallbackInbox.open();
    server = await startSimServer({ id: 'bbb1', secret: SECRET, callbackRetryMs: 10 });
  });

  afterEach(async () => {
    await server.stop();
    await inbox.close();
  });

  const call = async (name: string, parameters: Readonly<Record<string, string>> = {}) => {
    const { text } = await callBbb(server, name, queryOf(parameters));
    const element = (of: string): string | undefined => elementText(text, of);
    return { text, element, messageKey: element('messageKey') };
  };
  const idsAt = (path: string): string[] =>
    inbox
      .to(path)
      .map(({ body }) => /"id":"([^"]+)"/.exec(new URLSearchParams(body).get('event') ?? '')?.[1] ?? '');

  it('are registered by URL, listed and destroyed as bbb-webhooks does it', async () => {
    const url = inbox.url('/hook?x=1&y=2');
    const created = await call('hooks/create', { callbackURL: url, meetingID: 'a', eventID: '' });
    const id = created.element('hookID') ?? '';
    expect(id).to.match(/^[0-9a-f]{8}-/);
    const again = await call('hooks/create', { callbackURL: url });
    expect([again.element('hookID'), again.messageKey]).to.deep.equal([id, 'duplicateWarning']);
    expect((await call('hooks/list', { meetingID: 'b' })).text).not.to.contain('<hook>');
    expect((await call('hooks/list')).text).to.contain(`<callbackURL><![CDATA[${url}]]></callbackURL>`);
    expect((await call('hooks/destroy', { hookID: id })).element('removed')).to.equal('true');
    expect((await call('hooks/destroy', { hookID: id })).messageKey).to.equal('destroyMissingHook');
    expect((await call('hooks/destroy')).messageKey).to.equal('missingParamHookID');
    expect((await call('hooks/create')).messageKey).to.equal('missingParamCallbackURL');
  });

  it('tell of a meeting from its beginning to its recording, signed with the secret', async () => {
    await call('hooks/create', { callbackURL: inbox.url('/hook') });
    await call('create', { meetingID: 'room', name: 'Room', record: 'true', meta_x: 'y' });
    const meeting = server.meetings.find('room')!;
    const { userId } = server.meetings.join(meeting, { fullName: 'Ada', role: 'VIEWER' });
    server.meetings.leave(meeting, userId);
    server.meetings.end(meeting);
    const calls = await inbox.waitFor('/hook', 5);
    expect(idsAt('/hook')).to.deep.equal([
      'meeting-created',
      'user-joined',
      'user-left',
      'meeting-ended',
      'rap-publish-ended',
    ]);
    for (const { url, body } of calls) {
      const { event, timestamp, domain } = Object.fromEntries(new URLSearchParams(body));
      const data = JSON.stringify({ event, timestamp: Number(timestamp), domain });
      const checksum = createHash('sha1')
        .update(inbox.url('/hook') + data + SECRET)
        .digest('hex');
      expect(url).to.equal(`/hook?checksum=${checksum}`);
      expect(event).to.contain('"external-meeting-id":"room"');
    }
  });

  it('keep their order through failures and are given up after six', async () => {
    await call('hooks/create', { callbackURL: inbox.url('/hook') });
    inbox.status = 500;
    await call('create', { meetingID: 'room', name: 'Room' });
    const meeting = server.meetings.find('room')!;
    server.meetings.setAttendees(meeting, 2);
    await inbox.waitFor('/hook', 2);
    inbox.status = 200;
    await until(
      'all are told',
      () => server.hooks.sent.filter(({ outcome }) => outcome === 200).length === 3,
    );
    expect(idsAt('/hook').slice(-3)).to.deep.equal(['meeting-created', 'user-joined', 'user-joined']);
    inbox.status = 404;
    server.meetings.setAttendees(meeting, 3);
    await until('it is given up', () => server.hooks.hooks.length === 0);
    expect(server.hooks.sent.filter(({ outcome }) => outcome === 404)).to.have.length(6);
  });

  it('are lost when the server is restarted', async () => {
    await call('hooks/create', { callbackURL: inbox.url('/hook') });
    server.restart();
    await call('create', { meetingID: 'room', name: 'Room' });
    expect((await call('hooks/list')).text).not.to.contain('<hook>');
    expect(server.hooks.sent).to.deep.equal([]);
  });

  it('are not there on a server without bbb-webhooks', async () => {
    const plain = await startSimServer({ id: 'bbb2', secret: SECRET, hasWebhooks: false });
    try {
      expect((await callBbb(plain, 'hooks/list')).status).to.equal(404);
    } finally {
      await plain.stop();
    }
  });
});
