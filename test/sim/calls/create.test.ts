import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { type SimServer, startSimServer } from '../../../src/sim/sim-server.js';
import { checksumOf } from '../../../src/sim/checksum.js';
import { callBbb, elementText, rawRequest } from '../../support/sim-client.js';

describe('sim create', () => {
  let server: SimServer;
  let now = 1_531_155_809_613;

  beforeEach(async () => {
    server = await startSimServer({ id: 'bbb1', secret: 'create-secret', now: () => now });
  });
  afterEach(() => server.stop());

  const create = async (query: string): Promise<string> => (await callBbb(server, 'create', query)).text;

  it('makes a meeting and answers element by element as bbb-web does', async () => {
    const text = await create(
      'name=Demo+%26+more&meetingID=abc123&attendeePW=111222&moderatorPW=333444&voiceBridge=70757',
    );
    expect(text.split('\n')).to.deep.equal([
      '<response>',
      '<returncode>SUCCESS</returncode>',
      '<meetingID>abc123</meetingID>',
      '<internalMeetingID>6367c48dd193d56ea7b0baad25b19455e529f5ee-1531155809613</internalMeetingID>',
      '<parentMeetingID>bbb-none</parentMeetingID>',
      '<attendeePW>111222</attendeePW>',
      '<moderatorPW>333444</moderatorPW>',
      '<createTime>1531155809613</createTime>',
      '<voiceBridge>70757</voiceBridge>',
      '<dialNumber>613-555-1234</dialNumber>',
      '<createDate>Mon Jul 09 17:03:29 UTC 2018</createDate>',
      '<hasUserJoined>false</hasUserJoined>',
      '<duration>0</duration>',
      '<hasBeenForciblyEnded>false</hasBeenForciblyEnded>',
      '<messageKey></messageKey>',
      '<message></message>',
      '</response>',
      '',
    ]);
    expect(server.meetings.find('abc123')?.settings.name).to.equal('Demo & more');
  });

  it('repeats with the same or no passwords as a duplicate, with others as idNotUnique', async () => {
    const first = await create('name=Demo&meetingID=abc123&attendeePW=111222&moderatorPW=333444');
    now += 5_000;
    const same = await create('name=Demo&meetingID=abc123&attendeePW=111222&moderatorPW=333444');
    const none = await create('name=Demo&meetingID=abc123');
    const other = await create('name=Demo&meetingID=abc123&attendeePW=other&moderatorPW=333444');
    for (const text of [same, none]) {
      expect(elementText(text, 'messageKey')).to.equal('duplicateWarning');
      expect(elementText(text, 'createTime')).to.equal(elementText(first, 'createTime'));
    }
    expect(elementText(other, 'returncode')).to.equal('FAILED');
    expect(elementText(other, 'messageKey')).to.equal('idNotUnique');
    expect(server.meetings.list()).to.have.length(1);
    expect(server.calls.creates('abc123')).to.equal(4);
  });

  it('makes a new meeting with a new internal ID once the old one has ended, within the same millisecond', async () => {
    const first = await create('name=Demo&meetingID=abc123');
    await callBbb(server, 'end', 'meetingID=abc123');
    const second = await create('name=Demo&meetingID=abc123');
    expect(elementText(second, 'messageKey')).to.equal('');
    expect(elementText(second, 'internalMeetingID')).not.to.equal(elementText(first, 'internalMeetingID'));
  });

  it('generates passwords of eight characters and a voice bridge of five digits', async () => {
    const text = await create('name=Demo&meetingID=abc123');
    expect(elementText(text, 'attendeePW')).to.match(/^[A-Za-z0-9]{8}$/);
    expect(elementText(text, 'voiceBridge')).to.match(/^\d{5}$/);
  });

  const refusals = [
    ['meetingID=abc123', 'validationError', 'You must provide a meeting name'],
    ['name=Demo', 'missingParamMeetingID', 'You must provide a meeting ID'],
    ['name=Demo&meetingID=a', 'validationError', 'Meeting ID must be between 2 and 256 characters'],
    ['name=Demo&meetingID=a%2Cb', 'validationError', 'Meeting ID cannot contain &#39;,&#39;'],
    [
      'name=Demo&meetingID=abc&attendeePW=x',
      'invalidPassword',
      'Passwords must be between 2 and 64 character in length',
    ],
    ['name=Demo&meetingID=abc&voiceBridge=12x', 'validationError', 'Voice bridge must be an integer'],
    [
      'name=Demo&meetingID=abc&record=maybe',
      'validationError',
      'Record must be a boolean value (true or false)',
    ],
    [
      'name=Demo&meetingID=abc&isBreakout=true',
      'parentMeetingIDMissing',
      'No parent meeting ID was provided for the breakout room',
    ],
    [
      'name=Demo&meetingID=abc&isBreakout=true&parentMeetingID=zz',
      'parentMeetingDoesNotExist',
      'No parent meeting exists for the breakout room',
    ],
  ] as const;
  for (const [query, key, message] of refusals) {
    it(`refuses ${query} with ${key}`, async () => {
      const { status, text } = await callBbb(server, 'create', query);
      expect(status).to.equal(200);
      expect(elementText(text, 'messageKey')).to.equal(key);
      expect(elementText(text, 'message')).to.equal(message);
    });
  }

  it('refuses a voice bridge in use in the older shape of errors', async () => {
    await create('name=Demo&meetingID=abc123&voiceBridge=12345');
    expect(await create('name=Demo&meetingID=abc124&voiceBridge=12345')).to.include(
      '<error key="nonUniqueVoiceBridge"',
    );
  });

  it('makes breakout rooms with derived IDs, listed in their parent', async () => {
    const parent = elementText(await create('name=Demo&meetingID=abc123'), 'internalMeetingID') ?? '';
    const given = `0123456789-${now}`;
    const text = await create(
      `name=Room+1&meetingID=${given}&isBreakout=true&parentMeetingID=${parent}&sequence=1`,
    );
    const expected = `${createHash('sha1').update(`${parent}-${now}-1`).digest('hex')}-${now}`;
    expect(elementText(text, 'internalMeetingID')).to.equal(given);
    expect(elementText(text, 'meetingID')).to.equal(expected);
    expect(elementText(text, 'parentMeetingID')).to.equal(parent);
    const info = (await callBbb(server, 'getMeetingInfo', 'meetingID=abc123')).text;
    expect(info).to.include(`<breakoutRooms>\n<breakout>${given}</breakout>\n</breakoutRooms>`);
    const room = (await callBbb(server, 'getMeetingInfo', `meetingID=${expected}`)).text;
    expect(room).to.include(
      `<isBreakout>true</isBreakout>\n<parentMeetingID>${parent}</parentMeetingID>\n<sequence>1</sequence>`,
    );
    await callBbb(server, 'end', 'meetingID=abc123');
    expect(server.meetings.list()).to.deep.equal([]);
  });

  it('reads documents from XML modules and hashes the body', async () => {
    const body =
      '<?xml version="1.0"?><modules><module name="presentation"><document url="https://f.example/a.pdf" filename="a.pdf"/>' +
      '<document name="b.pdf">JVBERi0=</document></module></modules>';
    const headers = { 'content-type': 'application/xml' };
    const { text } = await callBbb(server, 'create', 'name=Demo&meetingID=abc123', { body, headers });
    expect(elementText(text, 'returncode')).to.equal('SUCCESS');
    expect(server.meetings.find('abc123')?.documents.map(({ name }) => name)).to.deep.equal([
      'a.pdf',
      'b.pdf',
    ]);
    const [logged] = server.calls.requests('create');
    expect(logged?.bodyBytes).to.equal(body.length);
    expect(logged?.bodySha256).to.equal(createHash('sha256').update(body).digest('hex'));
  });

  it('breaks with an HTML page on malformed modules', async () => {
    const headers = { 'content-type': 'application/xml' };
    const answer = await callBbb(server, 'create', 'name=Demo&meetingID=abc123', {
      body: '<modules><x',
      headers,
    });
    expect(answer.status).to.equal(500);
  });

  it('takes all parameters from a form body, signed in canonical order', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const checksum = checksumOf('sha1', 'create', 'meetingID=abc123&name=Test+%26+Meeting', server.secret);
    const body = `name=Test%20%26%20Meeting&meetingID=abc123&checksum=${checksum}`;
    const { text } = await rawRequest(`${server.url}/create`, { body, headers });
    expect(elementText(text, 'returncode')).to.equal('SUCCESS');
    expect(server.meetings.find('abc123')?.settings.name).to.equal('Test & Meeting');
  });

  it('refuses unknown content types, and parameters behind a media type when it compares literally', async () => {
    for (const type of ['application/json', 'application/xml; charset=UTF-8']) {
      const headers = { 'content-type': type };
      const { text } = await callBbb(server, 'create', 'name=Demo&meetingID=abc123', {
        body: '<modules/>',
        headers,
      });
      expect(elementText(text, 'messageKey')).to.equal('unsupportedContentType');
    }
  });
});
