import type { MetricBook } from './metric-book.js';

/** The gauges of each tenant. */
export function tenantMetrics(book: MetricBook): void {
  book.readTenants('ballast_tenant_meetings', 'Meetings of the tenant.', ({ meetings }) => meetings);
  book.readTenants('ballast_tenant_attendees', 'Attendees of the tenant.', ({ attendees }) => attendees);
  book.readTenants(
    'ballast_tenant_meetings_limit',
    'Most meetings the tenant may have at once, where that is configured.',
    ({ limits }) => limits?.meetings,
  );
  book.readTenants(
    'ballast_tenant_attendees_limit',
    'Most attendees the tenant may have at once, where that is configured.',
    ({ limits }) => limits?.attendees,
  );
}
