import { expect } from 'chai';
import fc from 'fast-check';
import { AppRig, type RigCall } from '../support/app-rig.js';
import { rawRequest } from '../support/sim-client.js';
import { furnish, stateOf, TENANT_IDS, type Belongings, type TenantId } from '../support/two-tenants.js';

const RUNS = 250;

const CALLS = [
  'create',
  'join',
  'isMeetingRunning',
  'getMeetingInfo',
  'getMeetings',
  'end',
  'insertDocument',
  'sendChatMessage',
  'getRecordings',
  'publishRecordings',
  'updateRecordings',
  'deleteRecordings',
  'getRecordingTextTracks',
  'putRecordingTextTrack',
] as const;

/** What the calls need besides an ID, so that they get as far as they can. */
const COMPANIONS =
  'name=Room&fullName=Eve&role=MODERATOR&message=hello&publish=false&state=any&meta_x=y' +
  '&kind=captions&lang=en&sequence=1&attendeePW=ap&moderatorPW=mp';

type Target = 'its own' | 'meetingId' | 'emptyMeetingId' | 'scopedId' | 'internalId' | 'recordId';

/** The usual value four times in five. */
function often<Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

/** One way to write a name or an ID so that a careless reader takes it for another. */
const disguise = fc.record({
  /** Put in at a position, before encoding. */
  noise: often('', '\0', ' ', '\t', '\n', '\x7f', '\u200b', '\ufeff', '\u00a0', '\x85'),
  at: fc.nat({ max: 40 }),
  prefix: often('', 'acme--', 'beta--', 'default--', ' acme--', '\0beta--', ','),
  suffix: often('', ',', ',x', '\0', ' ', '--'),
  encoding: often('plain', 'every', 'lower', 'double'),
});
type Disguise = typeof disguise extends fc.Arbitrary<infer T> ? T : never;

const parameter = fc.record({
  name: often('its own', 'meetingID', 'recordID', 'parentMeetingID', 'MEETINGID'),
  nameDisguise: disguise,
  victim: fc.constantFrom(...TENANT_IDS),
  target: often<Target>('its own', 'meetingId', 'emptyMeetingId', 'scopedId', 'internalId', 'recordId'),
  isOwn: fc.boolean(),
  disguise,
});

const attack = fc.record({
  attacker: fc.constantFrom(...TENANT_IDS),
  call: fc.constantFrom(...CALLS),
  parameters: fc.array(parameter, { minLength: 1, maxLength: 4 }),
  flags: fc.constantFrom(
    '',
    '',
    '&isBreakout=true',
    '&%00isBreakout=true',
    '&isBreakout=tr%00ue',
    '&isBreakout=+true',
  ),
  join: fc.constantFrom('', '&redirect=false', '&redirect=%00true'),
  carrier: fc.constantFrom('query', 'form', 'query and form', 'xml', 'multipart'),
});
type Attack = typeof attack extends fc.Arbitrary<infer T> ? T : never;

describe('tenants on one server', () => {
  let rig: AppRig;
  let belongings: Record<TenantId, Belongings>;

  before(async () => {
    rig = await AppRig.start({
      servers: 1,
      tenants: [
        { id: 'acme', secrets: ['acme-secret'], hosts: ['acme.example.org'] },
        { id: 'beta', secrets: ['beta-secret', 'beta-secret-2'] },
      ],
    });
    belongings = {
      default: await furnish(rig, 'default'),
      acme: await furnish(rig, 'acme'),
      beta: await furnish(rig, 'beta'),
    };
  });

  after(() => rig.stop());

  it('cannot read or touch what belongs to another, by any ID in any encoding', async function () {
    this.timeout(20_000);
    await fc.assert(
      fc.asyncProperty(attack, async (it) => {
        const others = TENANT_IDS.filter((id) => id !== it.attacker).map((id) => belongings[id]);
        const before = others.map((other) => stateOf(sim(), other));
        const texts = await carryOut(it);
        for (const text of texts) {
          for (const { mark } of others) expect(text).not.to.include(mark);
          if (it.call === 'isMeetingRunning') expect(text).not.to.include('<running>true');
        }
        expect(others.map((other) => stateOf(sim(), other))).to.deep.equal(before);
        // What the attacker did to its own things is its right, but the next attack needs them whole.
        belongings[it.attacker] = await furnish(rig, it.attacker, belongings[it.attacker]);
      }),
      { numRuns: RUNS },
    );
  });

  it('cannot name a meeting under a name that only a server reads as meetingID', async () => {
    // A new one: the attacks before may have made a meeting of acme's own under the old ID.
    await rig.create('of-the-default-tenant');
    const query = `%00meetingID=of-the-default-tenant&meetingID=${belongings.acme.meetingId}`;
    const answer = await rig.call('getMeetingInfo', query, { tenant: 'acme' });
    expect(answer.messageKey).to.equal('notFound');
  });

  it('cannot reach the captions of another behind a recording of their own', async () => {
    const query = `recordID=${belongings.acme.recordId}&recordID=${belongings.beta.recordId}`;
    const answer = await rig.call('getRecordingTextTracks', query, { tenant: 'beta' });
    expect(answer.text).to.include('mark-of-beta').and.not.to.include('mark-of-acme');
  });

  for (const flag of [
    '=true',
    '=TRUE',
    '=+true',
    '=tr%00ue',
    '=true%0a',
    '%00=true',
    '+=true&isBreakout=x',
    '=false&isBreakout=true',
  ]) {
    it(`cannot open a breakout room in the meeting of another (isBreakout${flag})`, async () => {
      const before = stateOf(sim(), belongings.acme);
      const parent = `parentMeetingID=${belongings.acme.internalId}&sequence=1`;
      const query = `name=Room&meetingID=x-1&isBreakout${flag}&${parent}`;
      const answer = await rig.call('create', query, { tenant: 'beta' });
      expect(answer.messageKey).to.equal('parentMeetingDoesNotExist');
      expect(stateOf(sim(), belongings.acme)).to.equal(before);
    });
  }

  it('each see their own meetings and recordings, under their own IDs', async () => {
    for (const tenantId of TENANT_IDS) {
      const own = belongings[tenantId];
      const info = await rig.call('getMeetingInfo', { meetingID: own.emptyMeetingId }, { tenant: tenantId });
      expect(info.element('meetingID')).to.equal(own.emptyMeetingId);
      const list = await rig.call('getMeetings', '', { tenant: tenantId });
      expect(list.text).to.include(`<meetingID>${own.emptyMeetingId}</meetingID>`);
      const recordings = await rig.call('getRecordings', { state: 'any' }, { tenant: tenantId });
      expect(recordings.text).to.include(own.mark);
    }
  });

  it("do not get in with each other's secrets", async () => {
    for (const [tenant, secret] of [
      ['acme', 'beta-secret'],
      ['beta', 'acme-secret'],
      ['default', 'acme-secret'],
      ['acme', 'front-end-secret'],
    ] as const) {
      const answer = await rig.call('getMeetings', '', { tenant, secret });
      expect(answer.messageKey, `${tenant} with ${secret}`).to.equal('checksumError');
    }
  });

  it('get in with each of their own secrets, by path or by host', async () => {
    for (const secret of ['beta-secret', 'beta-secret-2']) {
      expect((await rig.call('getMeetings', '', { tenant: 'beta', secret })).returnCode).to.equal('SUCCESS');
    }
    const headers = { host: 'ACME.example.org:8443' };
    const byHost = await rig.call('getMeetings', '', { secret: 'acme-secret', headers });
    expect(byHost.text).to.include('room-acme').and.not.to.include('mark-of-default');
  });

  it('are refused under a name that nobody has', async () => {
    const answer = await rig.call('getMeetings', '', { tenant: 'nobody', secret: 'x' });
    expect(answer.messageKey).to.equal('unknownTenant');
  });

  function sim() {
    const [server] = rig.sims;
    if (server === undefined) throw new Error('the simulated server is missing');
    return server;
  }

  /** Sends it; a redirect to the server is followed, as a browser would. Gives every text that came back. */
  async function carryOut(it: Attack): Promise<string[]> {
    const others = TENANT_IDS.filter((id) => id !== it.attacker).map((id) => belongings[id].scopedId);
    for (const meeting of sim().meetings.list()) {
      // Then only another's meeting is one that runs.
      if (!others.includes(meeting.meetingId)) sim().meetings.setAttendees(meeting, 0);
    }
    const natural = it.call.includes('Recording') ? 'recordID' : 'meetingID';
    const ids = it.parameters.map((one) => {
      const whose = belongings[one.isOwn ? it.attacker : one.victim];
      const name = one.name === 'its own' ? natural : one.name;
      return `${written(name, one.nameDisguise, true)}=${written(whose[targetOf(one.target, name)], one.disguise, false)}`;
    });
    const parameters = `${ids.join('&')}&${COMPANIONS}${it.flags}${it.join}`;
    const half = Math.ceil(ids.length / 2);
    const options: RigCall = { tenant: it.attacker };
    const answer = await rig.call(it.call, ...carried(it.carrier, parameters, ids, half, options));
    const location = String(answer.headers.location ?? '');
    if (!location.startsWith(sim().origin)) return [answer.text, location];
    return [answer.text, (await rawRequest(location)).text];
  }
});

function carried(
  carrier: Attack['carrier'],
  parameters: string,
  ids: readonly string[],
  half: number,
  options: RigCall,
): [string, RigCall] {
  const form = 'application/x-www-form-urlencoded';
  if (carrier === 'form') return ['', { ...options, body: parameters, contentType: form }];
  if (carrier === 'query and form')
    return [parameters, { ...options, body: ids.slice(half).join('&') || 'a=b', contentType: form }];
  if (carrier === 'xml') {
    const body = '<modules><module name="presentation"><document url="https://x/y.pdf"/></module></modules>';
    return [parameters, { ...options, body, contentType: 'application/xml' }];
  }
  if (carrier === 'multipart') {
    const part =
      '--b\r\nContent-Disposition: form-data; name="file"; filename="x.vtt"\r\n\r\nWEBVTT\r\n--b--\r\n';
    return [parameters, { ...options, body: part, contentType: 'multipart/form-data; boundary=b' }];
  }
  return [parameters, options];
}

function targetOf(target: Target, name: string): Exclude<Target, 'its own'> {
  if (target !== 'its own') return target;
  return name === 'recordID' ? 'recordId' : name === 'parentMeetingID' ? 'internalId' : 'meetingId';
}

function written(text: string, how: Disguise, isName: boolean): string {
  const at = Math.min(how.at, text.length);
  const noisy = text.slice(0, at) + how.noise + text.slice(at);
  const plain = isName ? noisy : how.prefix + noisy + how.suffix;
  const bytes = [...Buffer.from(plain)];
  const every = bytes.map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
  if (how.encoding === 'every') return every;
  if (how.encoding === 'lower') return every.toLowerCase();
  if (how.encoding === 'double') return encodeURIComponent(every);
  return encodeURIComponent(plain);
}
