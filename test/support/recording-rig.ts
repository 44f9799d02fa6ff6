import type { SimServer } from '../../src/sim/sim-server.js';
import type { SimRecording } from '../../src/sim/state/recordings-state.js';
import { AppRig, until, type AppRigOptions, type RigCall } from './app-rig.js';

/** A recording of a simulated server; its meeting is `room-<recordId>`. */
export function simRecording(recordId: string, changes: Partial<SimRecording> = {}): SimRecording {
  return {
    recordId,
    meetingId: `room-${recordId}`,
    name: `Lesson ${recordId} <ü>`,
    state: 'published',
    startTime: 1_700_000_000_000,
    endTime: 1_700_000_600_000,
    participants: 3,
    isBreakout: false,
    metadata: new Map([['meetingId', `room-${recordId}`]]),
    formats: ['presentation', 'video'],
    tracks: [],
    ...changes,
  };
}

/** The record IDs in an answer, in their order. */
export function recordIdsIn(xml: string): readonly string[] {
  return [...xml.matchAll(/<recordID>([^<]*)</g)].map(([, id]) => id ?? '');
}

/** A Ballast that asks its servers for recordings each second. */
export function startRecordingRig(options: AppRigOptions = {}): Promise<AppRig> {
  const settings = { recordings: { refresh: '1s' }, ...options.settings };
  return AppRig.start({ ...options, settings });
}

/** Waits until a list has exactly these recordings, in any order. */
export async function untilListed(
  rig: AppRig,
  recordIds: readonly string[],
  query = 'state=any',
  call: RigCall = {},
): Promise<void> {
  const wanted = [...recordIds].sort().join();
  await until(`the list has ${wanted || 'nothing'}`, async () => {
    const answer = await rig.call('getRecordings', query, call);
    return answer.returnCode === 'SUCCESS' && [...recordIdsIn(answer.text)].sort().join() === wanted;
  });
}

/** Lets a server have recordings, and waits until Ballast lists all of the servers'. */
export async function furnishRecordings(
  rig: AppRig,
  ...[sim, ...recordings]: readonly [SimServer, ...(readonly SimRecording[])]
): Promise<void> {
  for (const recording of recordings) sim.recordings.save(recording);
  await untilListed(
    rig,
    rig.sims.flatMap((server) => server.recordings.list().map(({ recordId }) => recordId)),
  );
}
