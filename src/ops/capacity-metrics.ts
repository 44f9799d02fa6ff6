import type { MetricBook } from './metric-book.js';

const RESOURCES = ['cpu', 'memory', 'network'] as const;

/** What placement makes of each server: its limits, its load, and whether a new meeting could go there. */
export function capacityMetrics(book: MetricBook): void {
  book.readServers(
    'ballast_server_load',
    'Tightest resource against its limit times loadMultiplier, as placement sees it; 1 is at its limit.',
    ({ load }) => load,
  );
  book.readServers(
    'ballast_server_reserved_attendees',
    'Attendees promised to young meetings and not yet counted.',
    ({ reservedAttendees }) => reservedAttendees,
  );
  book.read(
    'ballast_server_limit_ratio',
    'The limit that holds for the server, its own or the configured one, 0 to 1.',
    ['server', 'resource'],
    ({ servers }) =>
      servers.flatMap(({ id, limits }) =>
        RESOURCES.map((resource) => ({ labels: { server: id, resource }, value: limits?.[resource] })),
      ),
  );
  book.readServers(
    'ballast_server_attendees_limit',
    'Most attendees the server is to carry, where that is configured.',
    ({ limits }) => limits?.attendees,
  );
  book.readServers(
    'ballast_server_meetings_limit',
    'Most meetings the server is to carry, where that is configured.',
    ({ limits }) => limits?.meetings,
  );
  book.readServers(
    'ballast_server_eligible',
    'Whether a new meeting of the configured usual size could go to the server now without going above its limits, its tags and tenant apart: 1 or 0.',
    ({ isEligible }) => numberOf(isEligible),
  );
  book.read(
    'ballast_server_excluded',
    'Always 1; only for servers that are not eligible, by reason: not-enabled, not-online or above-ceiling.',
    ['server', 'reason'],
    ({ servers }) =>
      servers.flatMap(({ id, excludedBy: reason }) =>
        reason === undefined ? [] : [{ labels: { server: id, reason }, value: 1 }],
      ),
  );
  book.readServers(
    'ballast_server_spare',
    'Whether the server carries the tag of spares: 1 or 0.',
    ({ isSpare }) => numberOf(isSpare),
  );
  book.readServers(
    'ballast_server_predicted_cpu_ratio',
    'The highest CPU that placement forecasts without any further meeting; more than 1 is more than there is.',
    ({ predictedCpu }) => predictedCpu,
  );
  book.readServers(
    'ballast_server_forecast_cpu_ratio',
    'What ballast_server_cpu_ratio was forecast to be now, ballast_forecast_lead_seconds ago and without meetings placed since.',
    ({ forecastCpu }) => forecastCpu,
  );
  book.readServers(
    'ballast_server_background_cpu_ratio',
    'Measured CPU that people do not explain, such as recordings being processed; below 0 where they cost less.',
    ({ backgroundCpu }) => backgroundCpu,
  );
}

function numberOf(claim: boolean | undefined): number | undefined {
  return claim === undefined ? undefined : Number(claim);
}
