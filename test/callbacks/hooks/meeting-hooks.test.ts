import { expect } from 'chai';
import { HookDirectory } from '../../../src/callbacks/hooks/hook-directory.js';
import { MeetingHooks } from '../../../src/callbacks/hooks/meeting-hooks.js';
import type { Hook } from '../../../src/callbacks/hooks/hook.js';
import { ManualClock } from '../../support/manual-clock.js';
import { RecordingLogger } from '../../support/recording-logger.js';

async function rig(running: readonly string[] = []) {
  const clock = new ManualClock();
  let made = 0;
  const store = {
    listHooks: async () => [],
    addHook: async (hook: Omit<Hook, 'id'>) => ({ ...hook, id: (made += 1) }),
    removeHook: async () => undefined,
  };
  const hooks = await HookDirectory.load(store, { isTenant: () => true, now: clock.now });
  for (const meetingId of ['room', 'other', undefined]) {
    const callbackUrl = `https://front.example/${meetingId ?? 'all'}`;
    await hooks.create({ tenantId: 'acme', callbackUrl, meetingId, eventIds: [] });
  }
  const meetingHooks = new MeetingHooks({
    hooks,
    isKnown: (_tenantId, meetingId) => running.includes(meetingId),
    setTimer: clock.setTimer,
    now: clock.now,
    logger: new RecordingLogger(),
  });
  return { clock, meetingHooks, left: () => hooks.list('acme').map(({ meetingId }) => meetingId) };
}

describe('MeetingHooks', () => {
  it('forgets the hooks of a meeting ten minutes after an end that no server told', async () => {
    const { clock, meetingHooks, left } = await rig();
    meetingHooks.ended({ tenantId: 'acme', meetingId: 'room' });
    await clock.advance(599_000);
    expect(left()).to.deep.equal(['room', 'other', undefined]);
    await clock.advance(2_000);
    await meetingHooks.stop();
    expect(left()).to.deep.equal(['other', undefined]);
  });

  it('forgets, after a start, old ones of meetings that are not there, but none that may still be held', async () => {
    const { clock, meetingHooks, left } = await rig(['other']);
    meetingHooks.takeUp(['acme']);
    await clock.advance(700_000);
    expect(left()).to.have.length(3);
    await clock.advance(86_400_000);
    meetingHooks.takeUp(['acme']);
    await clock.advance(700_000);
    await meetingHooks.stop();
    expect(left()).to.deep.equal(['other', undefined]);
  });

  it('keeps them where the meeting was created anew, and at a stop', async () => {
    const again = await rig(['room']);
    again.meetingHooks.ended({ tenantId: 'acme', meetingId: 'room' });
    await again.clock.advance(700_000);
    expect(again.left()).to.have.length(3);
    const stopped = await rig();
    stopped.meetingHooks.ended({ tenantId: 'acme', meetingId: 'room' });
    await stopped.meetingHooks.stop();
    await stopped.clock.advance(700_000);
    expect(stopped.left()).to.have.length(3);
  });
});
