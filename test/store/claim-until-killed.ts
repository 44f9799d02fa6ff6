import { writeSync } from 'node:fs';
import { silentLogger } from '../../src/log.js';
import { openStore } from '../../src/store/open-store.js';
import { claimOf } from './contract/meeting-store.js';

// Run as a process of its own: claims meeting after meeting and prints each ID once its claim has resolved.
const store = await openStore(process.argv[2] ?? '', { logger: silentLogger });
for (let number = 0; ; number += 1) {
  const { meeting } = await store.meetings.claimMeeting(claimOf(`meeting-${number}`, 'bbb1'));
  writeSync(1, `${meeting.meetingId}\n`);
}
