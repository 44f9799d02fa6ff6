import { expect } from 'chai';
import type { AppRig, RigCall } from '../support/app-rig.js';
import { recordIdsIn, simRecording, startRecordingRig, untilListed } from '../support/recording-rig.js';

/** A recording on a server that a balancer before Ballast has marked with a tenant's name. */
function marked(recordId: string, name: string, meetingId = 'lesson') {
  const metadata = new Map([
    ['meetingId', meetingId],
    ['tenant-name', name],
  ]);
  return simRecording(recordId, { meetingId, metadata });
}

describe("Recordings on servers that carry Scalelite's mark of a tenant", () => {
  let rig: AppRig;
  const school: RigCall = { tenant: 'school' };

  before(async () => {
    rig = await startRecordingRig({
      servers: 1,
      tenants: [
        { id: 'school', secrets: ['school-secret'] },
        { id: 'college', secrets: ['college-secret'] },
      ],
    });
    for (const recording of [
      marked('of-school', 'school'),
      marked('of-nobody', 'academy'),
      marked('of-college', 'school', 'college--lesson'),
      simRecording('of-default'),
    ])
      rig.sims[0]?.recordings.save(recording);
    await untilListed(rig, ['of-default']);
  });

  after(() => rig.stop());

  it('are of the tenant with that name, under the ID that its front end knows', async () => {
    await untilListed(rig, ['of-school'], 'meetingID=lesson', school);
  });

  it('are of the tenant in the ID where Ballast has made the meeting', async () => {
    await untilListed(rig, ['of-college'], 'meetingID=lesson', { tenant: 'college' });
  });

  it('are seen by nobody where there is no such tenant', async () => {
    for (const tenant of [undefined, 'school', 'college']) {
      const answer = await rig.call('getRecordings', 'recordID=of-nobody', { tenant });
      expect(recordIdsIn(answer.text)).to.deep.equal([]);
    }
  });

  it('are changed by nobody else', async () => {
    const change = 'recordID=of-school&publish=false';
    expect((await rig.call('publishRecordings', change)).messageKey).to.equal('notFound');
    expect(rig.sims[0]?.recordings.find('of-school')?.state).to.equal('published');
    expect((await rig.call('publishRecordings', change, school)).returnCode).to.equal('SUCCESS');
  });
});
