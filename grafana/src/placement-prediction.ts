import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { colour, limitAt } from './palette.js';
import { timeSeries } from './panels/time-series.js';
import { perServer, quantile, rate } from './promql.js';
import { series } from './query.js';

const CHOSEN = 'server=~"$server"';

/** What was predicted beside what came true. */
export function placementPrediction(): Panel[] {
  return [...ofCpu(), ...ofMeetings()];
}

function ofCpu(): Panel[] {
  const half = { width: 12, height: 8 };
  const measured = perServer('ballast_server_cpu_ratio', CHOSEN);
  const forecast = perServer('ballast_server_forecast_cpu_ratio', CHOSEN);
  return [
    timeSeries({
      width: 24,
      height: 8,
      id: 13,
      title: 'CPU: forecast for now, and measured',
      help: {
        shows:
          'the mean of the chosen servers: what was forecast some minutes ago for this moment (without meetings placed since), what was measured, and the highest that is expected next.',
        normal:
          'forecast and measured close together; in a full hour measured runs ahead, as meetings were placed since.',
        act: 'measured above forecast for hours: people cost more than was learnt, or meetings are larger than before.',
      },
      unit: 'percentunit',
      min: 0,
      queries: [
        series(`avg(${measured} and on (server) ${forecast})`, 'measured'),
        series(`avg(${forecast} and on (server) ${measured})`, 'forecast for now'),
        series(`avg(${perServer('ballast_server_predicted_cpu_ratio', CHOSEN)})`, 'highest expected next'),
      ],
      lines: [
        { name: 'measured', color: colour.sky },
        { name: 'forecast for now', color: colour.yellow },
        { name: 'highest expected next', color: colour.purple },
      ],
    }),
    timeSeries({
      ...half,
      id: 14,
      title: 'Error of the forecast, by server',
      help: {
        shows:
          'measured CPU minus what was forecast for this moment, in parts of the whole CPU: above 0 the server is busier than expected.',
        normal: 'both sides of 0, within 0.1.',
        act: 'one server always above 0: something beside meetings runs there, or it is slower than its cores say (loadMultiplier).',
      },
      unit: 'percentunit',
      isCenteredZero: true,
      isPerServer: true,
      queries: [series(`${measured} - on (server) ${forecast}`, '{{server}}')],
    }),
    timeSeries({
      ...half,
      id: 15,
      title: 'How far forecasts are off',
      help: {
        shows:
          'the absolute error of the CPU forecasts of all servers: half of them, and nine in ten, are better than the lines.',
        normal: 'half of them within 0.05, nine in ten within 0.15.',
        act: 'grows from day to day: has the kind of meetings changed (cameras)? It is learnt anew within hours.',
      },
      unit: 'percentunit',
      min: 0,
      queries: [
        series(quantile(0.5, 'ballast_forecast_error_ratio'), 'half'),
        series(quantile(0.9, 'ballast_forecast_error_ratio'), 'nine in ten'),
      ],
      lines: [
        { name: 'half', color: colour.sky },
        { name: 'nine in ten', color: colour.orange },
      ],
    }),
    timeSeries({
      ...half,
      id: 16,
      title: 'CPU that people do not explain, by server',
      help: {
        shows:
          'what the model holds for no work of people: recordings being processed, other programs, a slow host.',
        normal: 'near 0, for a while 0.1 to 0.3 after large meetings that were recorded.',
        act: 'high for hours on one server: look there (`top`).',
      },
      unit: 'percentunit',
      isPerServer: true,
      queries: [
        series(`clamp_min(${perServer('ballast_server_background_cpu_ratio', CHOSEN)}, 0)`, '{{server}}'),
      ],
    }),
    timeSeries({
      ...half,
      id: 17,
      title: 'People one core carries',
      help: {
        shows:
          'how many people keep one CPU core busy, as learnt over all servers; a usual value until then.',
        normal: 'steady over days; it falls when more cameras are on.',
        act: 'a jump: new hosts, a new BigBlueButton release, or samples that tell of other machines.',
      },
      unit: 'short',
      min: 0,
      queries: [series('1 / avg(ballast_cpu_cores_per_attendee)', 'people a core')],
      lines: [{ name: 'people a core', color: colour.sky }],
    }),
  ];
}

function ofMeetings(): Panel[] {
  const half = { width: 12, height: 8, min: 0 };
  return [
    timeSeries({
      ...half,
      id: 18,
      title: 'Size of meetings: expected against came',
      help: {
        shows:
          'people expected of the meetings that ended, when they were created, over the people that came: 1 (dashed) is right.',
        normal: 'between 0.7 and 1.5.',
        act: 'far above 1: front ends send size hints that are too high, or people stay away.',
      },
      unit: 'short',
      decimals: 2,
      thresholds: limitAt(1),
      queries: [
        series(
          `${rate('ballast_meeting_expected_attendees_total', '', '', '$interval')} / (${rate('ballast_meeting_seen_attendees_total', '', '', '$interval')} > 0)`,
          'expected / came',
        ),
      ],
      lines: [{ name: 'expected / came', color: colour.sky }],
    }),
    timeSeries({
      ...half,
      id: 19,
      title: 'Size of meetings: error in people',
      help: {
        shows:
          'by how many people meetings that ended were larger or smaller than expected: half of them, and nine in ten, are better than the lines.',
        normal: 'half of them within five people.',
        act: 'nine in ten far off: rooms that are used for a class one day and a lecture the next; size hints help.',
      },
      unit: 'short',
      decimals: 0,
      queries: [
        series(quantile(0.5, 'ballast_meeting_size_error_attendees'), 'half'),
        series(quantile(0.9, 'ballast_meeting_size_error_attendees'), 'nine in ten'),
      ],
      lines: [
        { name: 'half', color: colour.sky },
        { name: 'nine in ten', color: colour.orange },
      ],
    }),
    timeSeries({
      ...half,
      id: 20,
      title: 'Most people at once in ended meetings',
      help: {
        shows: 'how large meetings that ended were: the middle one, and the one that nine in ten stay under.',
        normal: 'the size of a class, and of a lecture.',
        act: 'for planning: the largest meetings decide how large a server must be.',
      },
      unit: 'short',
      decimals: 0,
      queries: [
        series(quantile(0.5, 'ballast_meeting_attendees'), 'half'),
        series(quantile(0.9, 'ballast_meeting_attendees'), 'nine in ten'),
      ],
      lines: [
        { name: 'half', color: colour.sky },
        { name: 'nine in ten', color: colour.orange },
      ],
    }),
    timeSeries({
      ...half,
      id: 21,
      title: 'Length of ended meetings',
      help: {
        shows:
          'how long meetings that ended had run: the middle one, and the one that nine in ten stay under; and how many ended a minute.',
        normal: 'the length of a lesson.',
        act: 'many of a few minutes: front ends create meetings again and again.',
      },
      unit: 's',
      queries: [
        series(quantile(0.5, 'ballast_meeting_duration_seconds'), 'half'),
        series(quantile(0.9, 'ballast_meeting_duration_seconds'), 'nine in ten'),
        series(`60 * ${rate('ballast_meetings_ended_total', '', '', '$interval')}`, 'ended a minute'),
      ],
      lines: [
        { name: 'half', color: colour.sky },
        { name: 'nine in ten', color: colour.orange },
        { name: 'ended a minute', color: colour.grey, rightUnit: 'short' },
      ],
    }),
  ];
}
