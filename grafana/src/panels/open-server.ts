import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { DashboardLink } from '@grafana/grafana-foundation-sdk/dashboard';

/** A link on a value. */
export type DataLink = Builder<DashboardLink>;

/** The link to a server's dashboard, over the same time; `name` is what holds the server's id there. */
export function openServer(name: string): DataLink {
  const url = `/d/ballast-server?var-server=${name}&\${__url_time_range}&\${datasource:queryparam}&\${cluster:queryparam}`;
  // A link on data has these only; the SDK takes the type of a dashboard's link for it.
  const link: Pick<DashboardLink, 'title' | 'url' | 'targetBlank'> = {
    title: 'Open this server',
    url,
    targetBlank: false,
  };
  return { build: () => link as DashboardLink };
}
