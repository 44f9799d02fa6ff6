import { expect } from 'chai';
import { Registry } from 'prom-client';
import { writeExposition } from '../../src/ops/exposition.js';
import { meetingMetrics } from '../../src/ops/meeting-metrics.js';
import { MetricBook } from '../../src/ops/metric-book.js';

describe('meetingMetrics', () => {
  it('leaves an adopted meeting out of how good guesses are, and a moved one out of sizes as well', async () => {
    const registry = new Registry();
    const hooks = meetingMetrics(MetricBook.over(registry).under('Test'));
    const ended = { seconds: 600, attendees: 7, expectedAttendees: 10, wasMoved: false };
    hooks.meetingEnded(ended);
    hooks.meetingEnded({ ...ended, expectedAttendees: undefined });
    hooks.meetingEnded({ ...ended, wasMoved: true });
    const text = String(await writeExposition(registry, 'text'));
    for (const line of [
      'ballast_meetings_ended_total 3',
      'ballast_meeting_duration_seconds_count 2',
      'ballast_meeting_attendees_sum 14',
      'ballast_meeting_size_error_attendees_sum 3',
      'ballast_meeting_size_error_attendees_count 1',
      'ballast_meeting_expected_attendees_total 10',
      'ballast_meeting_seen_attendees_total 7',
    ]) {
      expect(text).to.contain(`${line}\n`);
    }
  });
});
