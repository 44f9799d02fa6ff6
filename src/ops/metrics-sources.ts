/** One server as the gauges show it. What is unknown is absent. */
export interface ServerSnapshot {
  readonly id: string;
  readonly adminState: string;
  readonly health: string;
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
  readonly networkBytesPerSecond?: number | undefined;
  /** What its network carries, configured or told by the host, in Mbit/s. */
  readonly networkMbit?: number | undefined;
  readonly load?: number | undefined;
  readonly attendees?: number | undefined;
  readonly reservedAttendees?: number | undefined;
  readonly meetings?: number | undefined;
  readonly sampleAgeSeconds?: number | undefined;
  /** Since its newest good poll. */
  readonly pollAgeSeconds?: number | undefined;
  readonly cores?: number | undefined;
  /** The limits that hold for it: ratios of 0 to 1, people and meetings as numbers. */
  readonly limits?: Readonly<
    Partial<Record<'cpu' | 'memory' | 'network' | 'attendees' | 'meetings', number | undefined>>
  >;
  readonly isSpare?: boolean | undefined;
  /** Whether a new meeting could go there now. */
  readonly isEligible?: boolean | undefined;
  /** Why not, in one of placement's own words. */
  readonly excludedBy?: string | undefined;
  /** The highest CPU that is forecast. */
  readonly predictedCpu?: number | undefined;
  /** What was forecast for now. */
  readonly forecastCpu?: number | undefined;
  /** Measured CPU beyond idle and people. */
  readonly backgroundCpu?: number | undefined;
  /** Whether it has Ballast's webhook. */
  readonly hasHook?: boolean | undefined;
  /** When its TLS certificate ends, ms since 1970. */
  readonly certificateExpiresAt?: number | undefined;
}

/** One tenant as the gauges show it. What is unknown is absent, a limit that is not set as well. */
export interface TenantSnapshot {
  readonly id: string;
  readonly meetings?: number | undefined;
  readonly attendees?: number | undefined;
  readonly limits?: { readonly meetings?: number | undefined; readonly attendees?: number | undefined };
}

/** Read at each scrape; what answers `undefined` or is absent prints no series. */
export interface MetricsSources {
  readonly servers: () => readonly ServerSnapshot[];
  readonly tenants?: () => readonly TenantSnapshot[];
  readonly splitMeetings?: () => number | undefined;
  readonly orphanMeetings?: () => number | undefined;
  readonly callbacksPending?: () => number | undefined;
  /** Age of the oldest callback yet to be delivered, in seconds. */
  readonly callbacksOldestSeconds?: () => number | undefined;
  /** Recordings in the index, and changes that servers have yet to be told. */
  readonly recordings?: () => number | undefined;
  readonly recordingChangesPending?: () => number | undefined;
  /** Servers because of which every list of recordings fails. */
  readonly recordingServersUnread?: () => number | undefined;
  /** Imports into the archive that are not over, and those put aside. */
  readonly recordingImportsPending?: () => number | undefined;
  readonly recordingImportsFailed?: () => number | undefined;
  readonly apiInFlight?: () => number | undefined;
  readonly upstreamInFlight?: () => number | undefined;
  /** Polls that are due and wait for a place. */
  readonly pollQueueLength?: () => number | undefined;
  /** Writes that wait for their common commit. */
  readonly storeQueueLength?: () => number | undefined;
  readonly storeBytes?: () => number | undefined;
  /** How far ahead the forecast looks that is compared with what came true. */
  readonly forecastLeadSeconds?: () => number | undefined;
  /** CPU cores one person keeps busy, as learnt over the whole pool. */
  readonly cpuCoresPerAttendee?: () => number | undefined;
}
