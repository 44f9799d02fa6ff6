import { expect } from 'chai';
import type { PollClient } from '../../src/pool/poll-server.js';
import { pollServer } from '../../src/pool/poll-server.js';
import { meetingsXml, serverDefinition } from '../support/poll-xml.js';

describe('pollServer', () => {
  it('keeps the living one of two meetings with one ID, in whichever order the server lists them', async () => {
    const ended = { meetingId: 'room', attendees: 0, hasBeenForciblyEnded: true };
    const living = { meetingId: 'room', attendees: 3 };
    for (const list of [
      [ended, living],
      [living, ended],
    ]) {
      const client: PollClient = {
        call: () =>
          Promise.resolve({
            returnCode: 'SUCCESS',
            messageKey: undefined,
            body: Buffer.from(meetingsXml(list)),
            dateMs: undefined,
          }),
      };
      const { signal } = new AbortController();
      const { poll } = await pollServer(serverDefinition('bbb1'), {
        client,
        now: () => 1,
        timeoutMs: 10,
        signal,
      });
      expect(poll.meetings.get('room')?.attendees).to.equal(3);
    }
  });
});
