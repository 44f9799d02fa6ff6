/** What a rule made of a day. Minutes are of simulated time; a server counts while its CPU is above the mark. */
export interface DayResult {
  readonly day: string;
  readonly rule: string;
  readonly seed: number;
  /** Highest CPU of any server, one-minute mean, 0 to 1. */
  readonly highestCpu: number;
  readonly serverMinutesAbove80: number;
  readonly serverMinutesAbove95: number;
  /** Attendee-minutes spent on a server above 80 %, and all attendee-minutes. */
  readonly attendeeMinutesAbove80: number;
  readonly attendeeMinutes: number;
  /** People who at any time sat on a server above 80 %. */
  readonly attendeesOverloaded: number;
  /** Highest over mean CPU of the living servers, mean over the busiest quarter of an hour. */
  readonly spreadAtPeak: number;
  /** Most new meetings that one server got within any 60 s. */
  readonly mostPlacedInAMinute: number;
  readonly created: number;
  /** Creates that were answered FAILED or sent to a dead server without another try. */
  readonly refused: number;
  /** Meetings placed anew after their server died. */
  readonly moved: number;
  /** CPU of each server over the day, for charts: one value every `cpuEveryMs`, 0 to 1. */
  readonly cpuEveryMs: number;
  readonly cpu: ReadonlyMap<string, readonly number[]>;
}
