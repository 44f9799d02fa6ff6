import type { MetricBook } from './metric-book.js';

/** Measured in the demo, a full hour with meetings placed since the forecast: median 0.06, 95th percentile 0.25. */
const ERROR_BUCKETS = [0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5];

/** What compares forecasts with what came true reports. */
export interface ForecastHooks {
  /** |forecast − measured| of one server's CPU, 0 to 1. */
  forecastChecked(error: number): void;
}

/** How well the CPU is forecast. */
export function forecastMetrics(book: MetricBook): ForecastHooks {
  book.readOne(
    'ballast_forecast_lead_seconds',
    'How far ahead the forecasts look that are compared with what came true.',
    (sources) => sources.forecastLeadSeconds?.(),
  );
  const errors = book.histogram(
    'ballast_forecast_error_ratio',
    'How far the CPU forecast for now was from the CPU measured, 0 to 1, once a refresh and server.',
    ERROR_BUCKETS,
  );
  book.readOne(
    'ballast_cpu_cores_per_attendee',
    'CPU cores that one attendee keeps busy, as learnt over all servers; a usual value until then.',
    (sources) => sources.cpuCoresPerAttendee?.(),
  );
  return {
    forecastChecked: (error) => {
      errors.observe(error);
    },
  };
}
