import { expect } from 'chai';
import type { Fault } from '../../src/sim/http/faults.js';
import type { SimServer } from '../../src/sim/sim-server.js';
import { AppRig, newMeetingId, until, type RigAnswer, type RigCall } from '../support/app-rig.js';

const FAULTS: Readonly<Record<string, Fault>> = {
  html: { kind: 'html' },
  'random bytes': { kind: 'garbage' },
  'half an answer': { kind: 'cut' },
  'a broken connection': { kind: 'abort' },
  'no answer': { kind: 'reset' },
  'HTTP 204': { kind: 'status', status: 204 },
  'HTTP 302 to nowhere': { kind: 'status', status: 302 },
  'HTTP 404': { kind: 'status', status: 404 },
  'HTTP 413': { kind: 'status', status: 413 },
  'HTTP 502': { kind: 'status', status: 502 },
  'a wrong secret': { kind: 'wrongSecret' },
  '66 MiB of XML': { kind: 'flood', bytes: 66 * 1_048_576 },
};

const SLIDES = '<modules><module name="presentation"><document url="https://x/y.pdf"/></module></modules>';

/** What every call needs to get as far as the server. */
const CALLS: readonly (readonly [string, Readonly<Record<string, string>>, RigCall?])[] = [
  ['create', { name: 'Room' }],
  ['join', { fullName: 'x', role: 'VIEWER', redirect: 'false' }],
  ['isMeetingRunning', {}],
  ['getMeetingInfo', {}],
  ['end', {}],
  ['insertDocument', {}, { body: SLIDES, contentType: 'application/xml' }],
  ['sendChatMessage', { message: 'x' }],
  ['getRecordings', {}],
  ['publishRecordings', { recordID: 'r1', publish: 'true' }],
  ['updateRecordings', { recordID: 'r1' }],
  ['deleteRecordings', { recordID: 'r1' }],
  ['getRecordingTextTracks', { recordID: 'r1' }],
];

/** Calls that are answered from what was read before while the server fails. */
const ANSWERED_ALL_THE_SAME = ['isMeetingRunning', 'getMeetingInfo', 'getRecordings'];

describe('a server that answers', () => {
  const names = Object.keys(FAULTS);
  const bystander = newMeetingId();
  let rig: AppRig;
  /** One server a fault, all at once: a server that failed is back in use only after a poll. */
  let outcomes: ReadonlyMap<string, Promise<readonly [string, RigAnswer][]>>;

  before(async () => {
    rig = await AppRig.start({
      servers: [...names.map((_, at) => ({ tags: [`fault-${at}`] })), { tags: ['good'] }],
      // Nothing here hangs: the deadline is for machines that have much else to do.
      settings: { create: { deadline: '5s', firstTry: '5s' } },
    });
    await rig.create(bystander, { 'meta_server-tag': 'good!' });
    const begun = names.map(
      (name, at) => [name, answersOf(rig.sims[at]!, `fault-${at}!`, FAULTS[name]!)] as const,
    );
    await Promise.allSettled(begun.map(([, answers]) => answers));
    outcomes = new Map(begun);
  });

  after(() => rig.stop());

  for (const name of names) {
    it(`with ${name} fails the call, not the front end`, async () => {
      const answers = (await outcomes.get(name)) ?? [];
      expect(answers.map(([call]) => call)).to.deep.equal(callsUnder(FAULTS[name]!).map(([call]) => call));
      for (const [call, answer] of answers) {
        expect([200, 413], call).to.include(answer.status);
        expect(returnCodeOf(answer), call).to.equal(
          ANSWERED_ALL_THE_SAME.includes(call) ? 'SUCCESS' : 'FAILED',
        );
        expect(answer.text, call).not.to.match(/<html|secret|127\.0\.0\.1/i);
      }
    });
  }

  it('so costs no other meeting, and is no fault of ours', async () => {
    const info = await rig.call('getMeetingInfo', { meetingID: bystander });
    expect(info.element('meetingID')).to.equal(bystander);
    expect(rig.logger.lines.filter((line) => line.startsWith('error '))).to.deep.equal([]);
  });

  /** Makes every call about a meeting of that server while the server gets it wrong. */
  async function answersOf(
    sim: SimServer,
    tag: string,
    fault: Fault,
  ): Promise<readonly [string, RigAnswer][]> {
    const id = newMeetingId();
    await rig.create(id, { 'meta_server-tag': tag });
    await until('a poll has seen it', async () => (await rig.call('getMeetings')).text.includes(id));
    const answers: [string, RigAnswer][] = [];
    for (const [call, parameters, options] of callsUnder(fault)) {
      sim.faults.set(call, fault);
      const meetingID = call === 'create' ? newMeetingId() : id;
      const query = { meetingID, 'meta_server-tag': tag, ...parameters };
      answers.push([call, await rig.call(call, query, options)]);
      sim.faults.clear();
    }
    return answers;
  }
});

/** A flood takes its time; one call of each kind is enough. */
function callsUnder({ kind }: Fault): typeof CALLS {
  const few = ['create', 'getMeetingInfo', 'getRecordings'];
  return kind === 'flood' ? CALLS.filter(([call]) => few.includes(call)) : CALLS;
}

function returnCodeOf({ text, returnCode }: RigAnswer): unknown {
  if (returnCode !== undefined) return returnCode;
  const { response } = JSON.parse(text) as { readonly response: { readonly returncode: unknown } };
  return response.returncode;
}
