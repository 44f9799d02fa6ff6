import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect } from 'chai';
import fc from 'fast-check';
import { escapeXml } from '../../src/bbb/answer.js';
import { MalformedAnswer } from '../../src/bbb/malformed-answer.js';
import { parsePollAnswer } from '../../src/bbb/poll-answer.js';

const attendee = (name: string, customdata = ''): string =>
  `<attendee>\n<userID>u</userID>\n<fullName>${escapeXml(name)}</fullName>\n<role>VIEWER</role>\n<customdata>\n${customdata}</customdata>\n</attendee>\n`;

function meetingXml(id: string, attendees: readonly string[] = [], extra = ''): string {
  return `<meeting>
<meetingName>${escapeXml(`Room ${id}`)}</meetingName>
<meetingID>${escapeXml(id)}</meetingID>
<internalMeetingID>int-1</internalMeetingID>
<createTime>1715261728123</createTime>
<moderatorPW>mp</moderatorPW>
<running>true</running>
<hasBeenForciblyEnded>false</hasBeenForciblyEnded>
<participantCount>${attendees.length}</participantCount>
<listenerCount>1</listenerCount>
<voiceParticipantCount>2</voiceParticipantCount>
<videoCount>3</videoCount>
<maxUsers>40</maxUsers>
<attendees>
${attendees.join('')}</attendees>
<metadata>
<meetingid>not this one</meetingid>
</metadata>
${extra}<isBreakout>false</isBreakout>
</meeting>`;
}

const answer = (meetings: readonly string[]): Buffer =>
  Buffer.from(
    `<response>\n<returncode>SUCCESS</returncode>\n<meetings>\n${meetings.join('\n')}\n</meetings>\n</response>`,
  );

async function refusal(text: string): Promise<unknown> {
  return await parsePollAnswer(Buffer.from(text)).catch((error: unknown) => error);
}

describe('parsePollAnswer', () => {
  it('reads what a server says of its meetings', async () => {
    const xml = meetingXml('R&D <ü>', [attendee('a'), attendee('b')]);
    const { meetings, ...rest } = await parsePollAnswer(answer([meetingXml('other'), xml]));
    expect(rest).to.deep.equal({ returnCode: 'SUCCESS', messageKey: undefined });
    expect(meetings).to.have.length(2);
    const { xml: bytes, ...meeting } = meetings[1]!;
    expect(bytes.toString()).to.equal(xml);
    expect(meeting).to.deep.equal({
      meetingId: 'R&D <ü>',
      internalMeetingId: 'int-1',
      name: 'Room R&D <ü>',
      createTime: 1715261728123,
      isRunning: true,
      isBreakout: false,
      parentMeetingId: undefined,
      hasBeenForciblyEnded: false,
      attendees: 2,
      listeners: 1,
      voice: 2,
      video: 3,
      maxUsers: 40,
      moderatorPassword: 'mp',
    });
  });

  it('reads breakout rooms, with their parent in either place', async () => {
    const direct =
      '<meeting><meetingID>b1</meetingID><isBreakout>true</isBreakout><parentMeetingID>p</parentMeetingID></meeting>';
    const nested =
      '<meeting><meetingID>b2</meetingID><isBreakout>true</isBreakout><breakout><sequence>1</sequence><parentMeetingID>p</parentMeetingID></breakout></meeting>';
    const { meetings } = await parsePollAnswer(answer([direct, nested]));
    expect(meetings.map((meeting) => [meeting.isBreakout, meeting.parentMeetingId])).to.deep.equal([
      [true, 'p'],
      [true, 'p'],
    ]);
    expect(meetings[0]).to.include({
      createTime: undefined,
      moderatorPassword: undefined,
      attendees: 0,
      isRunning: false,
    });
  });

  it('takes an empty list in each form, and the key of a refusal', async () => {
    const none =
      '<response><returncode>SUCCESS</returncode><meetings/><messageKey>noMeetings</messageKey></response>';
    expect(await parsePollAnswer(Buffer.from(none))).to.deep.equal({
      returnCode: 'SUCCESS',
      messageKey: 'noMeetings',
      meetings: [],
    });
    expect((await parsePollAnswer(answer([]))).meetings).to.deep.equal([]);
    const failed =
      '<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey></response>';
    expect(await parsePollAnswer(Buffer.from(failed))).to.deep.equal({
      returnCode: 'FAILED',
      messageKey: 'checksumError',
      meetings: [],
    });
  });

  it('is not broken by keys of customdata that are no XML names, nor by names that look like tags', async () => {
    const nasty = [
      attendee('x', '<1 a/>v</1 a/>'),
      attendee('y', '<größe>v</größe><attendees>v</attendees><meeting>v</meeting>'),
      attendee('z', '<meetingID>stolen</meetingID><&>v</&>'),
      attendee('</attendees></meeting>'),
      '<attendee><fullName><![CDATA[</attendees></meeting>]]></fullName></attendee>',
    ];
    const { meetings } = await parsePollAnswer(answer([meetingXml('a', nasty), meetingXml('b')]));
    expect(meetings.map((meeting) => [meeting.meetingId, meeting.attendees])).to.deep.equal([
      ['a', 5],
      ['b', 0],
    ]);
  });

  it('makes garbage in numbers unknown, and counts attendees where the count is missing', async () => {
    const odd = meetingXml('a', [attendee('x'), attendee('y')])
      .replace('<participantCount>2<', '<participantCount>-7<')
      .replace('>1715261728123<', '>soon<')
      .replace('<videoCount>3<', '<videoCount>9e99<');
    const { meetings } = await parsePollAnswer(answer([odd]));
    expect(meetings[0]).to.include({ attendees: 2, createTime: undefined, video: 0 });
  });

  it('refuses cut lists, other documents, a DTD and trailing noise', async () => {
    const whole = answer([meetingXml('a', [attendee('x')])]).toString();
    for (const text of [
      '',
      '<html></html>',
      '<response><returncode>SUCCESS</returncode><version>2.0</version></response>',
      '<response><meetings></meetings></response>',
      `<!DOCTYPE response [<!ENTITY a "b">]>${whole}`,
      whole.replace('<meetings>', '<!ENTITY a "b"><meetings>'),
      `${whole}<response>`,
      whole.replace('</meetings>', ''),
    ]) {
      expect(await refusal(text), text.slice(0, 60)).to.be.instanceOf(MalformedAnswer);
    }
    for (let length = 0; length < whole.length; length += 7) {
      expect(await refusal(whole.slice(0, length)), whole.slice(length - 9, length)).to.be.instanceOf(
        MalformedAnswer,
      );
    }
  });

  it('throws nothing but MalformedAnswer on any text', async () => {
    const soup = fc.constantFrom(
      '<response>',
      '</response>',
      '<returncode>SUCCESS</returncode>',
      '<meetings>',
      '</meetings>',
      '<meeting>',
      '</meeting>',
      '<meetingID>a</meetingID>',
      '<![CDATA[',
      ']]>',
      '<a',
      '/>',
      '>',
      '<!--',
    );
    const text = fc.array(fc.oneof(soup, fc.string({ maxLength: 6 })), { maxLength: 15 });
    await fc.assert(
      fc.asyncProperty(text, async (parts) => {
        const outcome = await refusal(parts.join(''));
        if (outcome instanceof Error) expect(outcome).to.be.instanceOf(MalformedAnswer);
      }),
      { numRuns: 300 },
    );
  });

  it('reads hostile megabytes in bounded time', async () => {
    const startedAt = performance.now();
    for (const part of [
      '<meeting><a><![CDATA[</a>]]></a></meeting>',
      '<meeting>',
      '</meetingx>',
      '<',
      '<e></f>',
      '<a/>',
      '<!---->',
    ]) {
      const text = part.repeat(500_000 / part.length);
      await refusal(`<response><returncode>SUCCESS</returncode><meetings>${text}</meetings></response>`);
    }
    expect(performance.now() - startedAt).to.be.lessThan(4000);
  });

  it('does not block the event loop on a list of several megabytes', async () => {
    const people = Array.from({ length: 20 }, (_, i) => attendee(`Person ${i}`));
    const body = answer(Array.from({ length: 800 }, (_, i) => meetingXml(`m${i}`, people)));
    expect(body.length).to.be.greaterThan(2_000_000);
    await parsePollAnswer(body);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    await parsePollAnswer(body);
    delay.disable();
    // Nanoseconds. The limit asked for is 20 ms; ten times that allows for a busy machine and still finds a block.
    expect(delay.max).to.be.lessThan(200e6);
  });
});
