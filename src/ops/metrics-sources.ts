/** One server as the gauges show it; a `ServerView` of the admin room fits. What is unknown is absent. */
export interface ServerSnapshot {
  readonly id: string;
  readonly adminState: string;
  readonly health: string;
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
  readonly networkBytesPerSecond?: number | undefined;
  readonly load?: number | undefined;
  readonly attendees?: number | undefined;
  readonly reservedAttendees?: number | undefined;
  readonly meetings?: number | undefined;
  readonly sampleAgeSeconds?: number | undefined;
}

/** One tenant as the gauges show it; a `TenantView` fits. */
export interface TenantSnapshot {
  readonly id: string;
  readonly meetings?: number | undefined;
  readonly attendees?: number | undefined;
}

/** Read at each scrape; what answers `undefined` or is absent prints no series. */
export interface MetricsSources {
  readonly servers: () => readonly ServerSnapshot[];
  readonly tenants?: () => readonly TenantSnapshot[];
  readonly splitMeetings?: () => number | undefined;
  readonly orphanMeetings?: () => number | undefined;
  readonly callbacksPending?: () => number | undefined;
}
