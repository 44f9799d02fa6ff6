import { expect } from 'chai';
import type { BbbAnswer, BbbRequest } from '../../src/bbb/client.js';
import { RawQuery } from '../../src/bbb/raw-query.js';
import type { ServerAddress } from '../../src/bbb/server-address.js';
import { UpstreamError } from '../../src/bbb/upstream-error.js';
import { RecordingCalls } from '../../src/recordings/recording-calls.js';
import { serverDefinition } from '../support/poll-xml.js';
import { RecordingLogger } from '../support/recording-logger.js';

const BREAKOUT = '<isBreakout>true</isBreakout>';

/** What the one server that answers has, by record ID. */
const RECORDINGS: Readonly<Record<string, string>> = {
  'acme-1': '<meetingID>acme--room</meetingID>',
  'acme-2': `<meetingID>5e1f-1</meetingID>${BREAKOUT}<breakout><parentMeetingID>acme-1</parentMeetingID></breakout>`,
  'default-1': '<meetingID>room</meetingID>',
  'default-2': `<meetingID>5e1f-2</meetingID><breakout><parentMeetingID>default-1</parentMeetingID></breakout>`,
  'lost-1': `<meetingID>5e1f-3</meetingID>${BREAKOUT}<breakout><parentMeetingID>gone</parentMeetingID></breakout>`,
  'lost-2': `<meetingID>5e1f-4</meetingID>${BREAKOUT}`,
};

function answer(inner: string): BbbAnswer {
  const body = Buffer.from(`<response>\n<returncode>SUCCESS</returncode>\n${inner}\n</response>`);
  const rest = { messageKey: undefined, contentType: undefined, location: undefined, dateMs: undefined };
  return { status: 200, body, returnCode: 'SUCCESS', setCookies: [], ...rest };
}

describe('recordings of several tenants', () => {
  let sent: string[];
  let isOtherDown: boolean;
  let calls: RecordingCalls;

  beforeEach(() => {
    sent = [];
    isOtherDown = false;
    calls = new RecordingCalls({
      client: { call },
      servers: () => ['bbb1', 'bbb2'].map((id) => ({ address: serverDefinition(id), isGone: false })),
      isTenant: (id) => id === 'acme',
      isSingleTenant: () => false,
      logger: new RecordingLogger(),
    });
  });

  const call = (server: ServerAddress, request: BbbRequest): Promise<BbbAnswer> => {
    if (server.id === 'bbb2' && isOtherDown)
      return Promise.reject(new UpstreamError('bbb2', 'refused', 'server bbb2 is down', false));
    if (request.call !== 'getRecordings') sent.push(`${server.id} ${request.call} ${request.query}`);
    const asked = RawQuery.parse(request.query).get('recordID')?.split(',') ?? Object.keys(RECORDINGS);
    const found = server.id === 'bbb1' ? asked.filter((id) => id in RECORDINGS) : [];
    const list = found.map(
      (id) => `<recording><recordID>${id}</recordID>${RECORDINGS[id] ?? ''}</recording>`,
    );
    return Promise.resolve(answer(`<recordings>${list.join('')}</recordings>`));
  };
  const idsOf = async (tenantId: string, query = ''): Promise<readonly string[]> =>
    (await calls.list(tenantId, RawQuery.parse(query))).map(({ recordId }) => recordId);

  it('of breakout rooms belong to the tenant of their parents, or to nobody', async () => {
    expect(await idsOf('acme')).to.deep.equal(['acme-1', 'acme-2']);
    expect(await idsOf('default')).to.deep.equal(['default-1', 'default-2']);
  });

  it('a breakout room asked for alone is known by its parent', async () => {
    const query = 'recordID=acme-2,default-2,lost-1,lost-2';
    expect(await idsOf('acme', query)).to.deep.equal(['acme-2']);
    expect(await idsOf('default', query)).to.deep.equal(['default-2']);
  });

  it('cannot be changed by another tenant', async () => {
    const query = RawQuery.parse('recordID=acme-1,acme-2,default-2,lost-1,lost-2');
    await calls.change('default', 'deleteRecordings', query);
    expect(sent).to.deep.equal(['bbb1', 'bbb2'].map((id) => `${id} deleteRecordings recordID=default-2`));
  });

  it('are changed where they are while another server is down', async () => {
    isOtherDown = true;
    await calls.change('acme', 'publishRecordings', RawQuery.parse('recordID=acme-2&publish=true'));
    expect(sent).to.deep.equal(['bbb1 publishRecordings recordID=acme-2&publish=true']);
    const missing = await calls.change('acme', 'deleteRecordings', RawQuery.parse('recordID=x')).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(missing).to.have.property('messageKey', 'serverUnavailable');
  });
});
