import { expect } from 'chai';
import type { AppRig } from '../support/app-rig.js';
import { newMeetingId, queryOf } from '../support/app-rig.js';
import { furnishRecordings, simRecording, startRecordingRig } from '../support/recording-rig.js';
import { callBbb } from '../support/sim-client.js';

const MARKS = ['meta_tenant-name=school', 'meta_Tenant-Name=school', 'meta_tenant%2Dname=school'];

describe('A front end that marks what it has as that of another tenant', () => {
  let rig: AppRig;

  before(async () => {
    rig = await startRecordingRig({ servers: 1, tenants: [{ id: 'school', secrets: ['school-secret'] }] });
  });

  after(() => rig.stop());

  const onServer = async (call: string, query: string): Promise<string> => {
    const [sim] = rig.sims;
    if (sim === undefined) throw new Error('there is no server');
    return (await callBbb(sim, call, query)).text;
  };

  for (const mark of MARKS) {
    it(`creates a meeting without ${mark}`, async () => {
      const meetingID = newMeetingId();
      const query = `${queryOf({ meetingID, name: 'Room', moderatorPW: 'mp' })}&meta_tenant-id=42&${mark}`;
      expect((await rig.call('create', query)).returnCode).to.equal('SUCCESS');
      const info = await onServer('getMeetingInfo', queryOf({ meetingID }));
      expect(info)
        .to.include('<tenant-id>42</tenant-id>')
        .and.not.match(/tenant-name/i);
    });

    it(`changes a recording without ${mark}`, async () => {
      const [sim] = rig.sims;
      if (sim === undefined) throw new Error('there is no server');
      const recording = simRecording(newMeetingId());
      await furnishRecordings(rig, sim, recording);
      const query = `recordID=${recording.recordId}&meta_course=Maths&${mark}`;
      expect((await rig.call('updateRecordings', query)).returnCode).to.equal('SUCCESS');
      const shown = await onServer('getRecordings', queryOf({ recordID: recording.recordId }));
      expect(shown)
        .to.include('<course>Maths</course>')
        .and.not.match(/tenant-name/i);
      expect((await rig.call('getRecordings', queryOf({ recordID: recording.recordId }))).text).not.to.match(
        /tenant-name/i,
      );
    });
  }
});
