import type { DayAttendee, DayHost } from './day.js';

/** How many people of a meeting do what. */
export interface MediaCounts {
  readonly people: number;
  /** Joined by microphone, with or without a camera. */
  readonly voice: number;
  readonly video: number;
}

// The same orders of magnitude as a host of the simulated servers (sim-host.ts): 8 cores carry about 250 people with
// some cameras at 60 to 70 %.
const IDLE_CORES = 0.2;
const CORES_PER_ATTENDEE = 0.014;
const CORES_PER_VOICE = 0.006;
const CORES_PER_STREAM = 0.001;
const GIB_BASE = 2.4;
const GIB_PER_ATTENDEE = 0.01;
const GIB_PER_MEETING = 0.04;
const AUDIO_BYTES = 5_000;
const VIDEO_BYTES = 40_000;
/** BBB pages the cameras: nobody is sent more than about this many at once. */
const STREAMS_PER_ATTENDEE = 12;

/** Camera pictures sent out: each person is sent every camera of one page. */
export function streamsOf({ people, video }: MediaCounts): number {
  return people * Math.min(video, STREAMS_PER_ATTENDEE);
}

/** Cores of the usual speed that a meeting keeps busy. */
export function coresOf(counts: MediaCounts, weight: number): number {
  const { people, voice } = counts;
  return (
    weight * (CORES_PER_ATTENDEE * people + CORES_PER_VOICE * voice + CORES_PER_STREAM * streamsOf(counts))
  );
}

/** Cores of the usual speed that a host has. */
export function capacityOf(host: DayHost): number {
  return host.cores * host.coreSpeed;
}

/** Share of a host that is busy without anyone, 0 to 1. */
export function idleCpuOf(host: DayHost): number {
  return IDLE_CORES / capacityOf(host);
}

/** Memory in use, 0 to 0.99. */
export function memoryOf(host: DayHost, people: number, meetings: number): number {
  const gib = GIB_BASE + GIB_PER_ATTENDEE * people + GIB_PER_MEETING * meetings;
  return Math.min(0.99, gib / host.memoryGiB);
}

/** What a host sends, bytes a second, at most what its network carries. */
export function sentBytesPerSecond(host: DayHost, people: number, streams: number): number {
  const limit = (host.networkMbit * 1_000_000) / 8;
  return Math.min(limit, 2_000 + AUDIO_BYTES * people + VIDEO_BYTES * streams);
}

/** Adds one person (or with -1 takes one away). */
export function countMedia(counts: MediaCounts, media: DayAttendee['media'], by: 1 | -1): MediaCounts {
  return {
    people: counts.people + by,
    voice: counts.voice + (media === 'listening' ? 0 : by),
    video: counts.video + (media === 'video' ? by : 0),
  };
}
