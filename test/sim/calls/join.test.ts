import { expect } from 'chai';
import { type SimServer, startSimServer } from '../../../src/sim/sim-server.js';
import { callBbb, elementText, type SimClientAnswer } from '../../support/sim-client.js';

describe('sim join', () => {
  let server: SimServer;
  const now = 1_700_000_000_000;

  beforeEach(async () => {
    server = await startSimServer({ id: 'bbb1', secret: 'join-secret', now: () => now });
    await callBbb(
      server,
      'create',
      'name=Demo&meetingID=abc123&attendeePW=att&moderatorPW=mod&maxParticipants=3',
    );
  });
  afterEach(() => server.stop());

  const join = (query: string): Promise<SimClientAnswer> => callBbb(server, 'join', query);
  const people = (): string[] =>
    [...(server.meetings.find('abc123')?.attendees.values() ?? [])].map(
      ({ fullName, role }) => `${fullName} ${role}`,
    );

  it('redirects the browser to the client with a session token and a cookie', async () => {
    const answer = await join(
      `meetingID=abc123&fullName=J%C3%BCrgen+M&role=Moderator&createTime=${now}&userID=gl-1`,
    );
    expect(answer.status).to.equal(302);
    expect(answer.headers.location).to.match(
      new RegExp(`^${server.origin}/html5client/join\\?sessionToken=[a-z0-9]{16}$`),
    );
    expect(answer.headers['set-cookie']).to.match(/^JSESSIONID=[0-9A-F]{32}; Path=\/bigbluebutton/);
    expect(people()).to.deep.equal(['Jürgen M MODERATOR']);
    const info = (await callBbb(server, 'getMeetingInfo', 'meetingID=abc123')).text;
    expect(info).to.include('<userID>gl-1</userID>\n<fullName>Jürgen M</fullName>\n<role>MODERATOR</role>');
    expect(elementText(info, 'participantCount')).to.equal('1');
  });

  it('answers redirect=false in XML, cookie included', async () => {
    const { status, text, headers } = await join('meetingID=abc123&fullName=Ann&password=mod&redirect=false');
    expect(status).to.equal(200);
    expect(elementText(text, 'messageKey')).to.equal('successfullyJoined');
    expect(elementText(text, 'meeting_id')).to.equal(server.meetings.find('abc123')?.internalId);
    expect(elementText(text, 'url')).to.include(`sessionToken=${elementText(text, 'session_token') ?? ''}`);
    expect(headers['set-cookie']).to.be.a('string');
  });

  it('lets the role win over the password, and the password decide without a role', async () => {
    await join('meetingID=abc123&fullName=Ann&role=VIEWER&password=mod');
    await join('meetingID=abc123&fullName=Bob&password=mod');
    await join('meetingID=abc123&fullName=Cem&password=att&role=owner');
    expect(people()).to.deep.equal(['Ann VIEWER', 'Bob MODERATOR', 'Cem VIEWER']);
  });

  it('redirects validation errors even with redirect=false', async () => {
    const cases = [
      ['meetingID=nope&fullName=Ann&role=VIEWER', 'invalidMeetingIdentifier'],
      ['meetingID=abc123&role=VIEWER', 'missingParamFullName'],
      ['meetingID=abc123&fullName=Ann&role=VIEWER&guest=maybe', 'validationError'],
    ] as const;
    for (const [query, key] of cases) {
      const answer = await join(`${query}&redirect=false`);
      expect(answer.status).to.equal(302);
      expect(errorsOf(answer)[0]?.key).to.equal(key);
    }
  });

  it('redirects a wrong checksum too', async () => {
    const answer = await callBbb(
      { url: server.url, secret: 'wrong' },
      'join',
      'meetingID=abc123&fullName=Ann&redirect=false',
    );
    expect(answer.status).to.equal(302);
    expect(errorsOf(answer)).to.deep.equal([{ message: 'Checksums do not match', key: 'checksumError' }]);
  });

  it('appends errors to the query of the logout URL as java.net.URI writes it', async () => {
    const logout = encodeURIComponent('https://lms.example/logout?id=7&x=a%26b');
    const answer = await join(`meetingID=nope&fullName=Ann&logoutURL=${logout}`);
    expect(answer.headers.location).to.equal(
      'https://lms.example/logout?id=7&x=a&b&errors=[%7B%22message%22:%22A%20meeting%20with%20that%20ID%20does%20not%20exist%22,%22key%22:%22invalidMeetingIdentifier%22%7D]',
    );
  });

  it('answers role and password problems in XML, never by redirect', async () => {
    for (const query of ['fullName=Ann', 'fullName=Ann&password=wrong']) {
      const { status, text } = await join(`meetingID=abc123&${query}`);
      expect(status).to.equal(200);
      expect(elementText(text, 'messageKey')).to.equal('Params required');
    }
  });

  it('refuses another createTime, by redirect or in XML as asked', async () => {
    const query = 'meetingID=abc123&fullName=Ann&role=VIEWER&createTime=1';
    expect(errorsOf(await join(query))[0]?.key).to.equal('mismatchCreateTimeParam');
    expect(elementText((await join(`${query}&redirect=false`)).text, 'messageKey')).to.equal(
      'mismatchCreateTimeParam',
    );
    expect(people()).to.deep.equal([]);
  });

  it('refuses more people than maxParticipants', async () => {
    const meeting = server.meetings.find('abc123');
    server.meetings.setAttendees(meeting!, 3);
    const { text } = await join('meetingID=abc123&fullName=Ann&role=VIEWER&redirect=false');
    expect(elementText(text, 'messageKey')).to.equal('maxParticipantsReached');
  });

  it('keeps guests waiting or out, as the policy says', async () => {
    await callBbb(server, 'create', 'name=Ask&meetingID=ask&guestPolicy=ASK_MODERATOR');
    await callBbb(server, 'create', 'name=Deny&meetingID=deny&guestPolicy=ALWAYS_DENY');
    const query = 'fullName=Ann&role=VIEWER&guest=true&redirect=false';
    const waiting = (await join(`meetingID=ask&${query}`)).text;
    expect(elementText(waiting, 'guestStatus')).to.equal('WAIT');
    expect(server.meetings.find('ask')?.attendees.size).to.equal(0);
    expect(elementText((await join(`meetingID=deny&${query}`)).text, 'messageKey')).to.equal(
      'guestDeniedAccess',
    );
  });

  it('refuses a meeting that is ending', async () => {
    const slow = await startSimServer({ id: 'bbb2', secret: 's', now: () => now, endLagMs: 5_000 });
    try {
      await callBbb(slow, 'create', 'name=Demo&meetingID=abc123');
      await callBbb(slow, 'end', 'meetingID=abc123');
      const answer = await callBbb(slow, 'join', 'meetingID=abc123&fullName=Ann&role=VIEWER');
      expect(errorsOf(answer)[0]?.key).to.equal('meetingForciblyEnded');
    } finally {
      await slow.stop();
    }
  });

  it('takes the user out at signOut', async () => {
    const { text } = await join('meetingID=abc123&fullName=Ann&role=VIEWER&redirect=false');
    await callBbb(server, 'signOut', `sessionToken=${elementText(text, 'session_token') ?? ''}`);
    expect(people()).to.deep.equal([]);
  });
});

function errorsOf(answer: SimClientAnswer): { message: string; key: string }[] {
  const location = String(answer.headers.location);
  return JSON.parse(new URL(location).searchParams.get('errors') ?? '[]') as {
    message: string;
    key: string;
  }[];
}
