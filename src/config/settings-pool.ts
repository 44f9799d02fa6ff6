import { POLICY_NAMES } from '../policy-names.js';
import type { Config } from './config.js';
import { duration, httpUrl, listOf, oneOf, optional, ratio, setting, text, whole } from './setting-kinds.js';
import { shares } from './shares-kind.js';
import type { SettingTree } from './setting.js';

type PoolConfig = Pick<Config, 'poll' | 'create' | 'metrics' | 'placement'>;

/** How servers are watched, measured and chosen. */
export const poolSettings: SettingTree<PoolConfig> = {
  poll: {
    intervalMs: setting('poll.interval', duration(1000), {
      doc: 'How often each server is asked for its meetings.',
      fallback: '10s',
    }),
    timeoutMs: setting('poll.timeout', duration(50, '5s'), {
      doc: 'How long a poll may take before it counts as failed.',
      fallback: '5s',
    }),
    offlineAfter: setting('poll.offlineAfter', whole(1, 1000), {
      doc: 'Failures in a row after which a server is offline and its meetings may be placed anew.',
      fallback: 3,
    }),
    onlineAfter: setting('poll.onlineAfter', whole(1, 1000), {
      doc: 'Good polls in a row after which it is online again.',
      fallback: 2,
    }),
    concurrency: setting('poll.concurrency', whole(1, 10_000), {
      doc: 'Polls under way at once, over all servers.',
      fallback: 32,
    }),
  },
  create: {
    deadlineMs: setting('create.deadline', duration(100, '12s'), {
      doc: 'Time in which a create is answered, over all servers tried.',
      fallback: '12s',
    }),
    firstTryMs: setting('create.firstTry', duration(100, '5s'), {
      doc: 'After this the next server is tried.',
      fallback: '5s',
    }),
    documentsDeadlineMs: setting('create.documentsDeadline', duration(100, '60s'), {
      doc: 'The same for creates with documents, which BBB fetches before it answers.',
      fallback: '60s',
    }),
    documentsFirstTryMs: setting('create.documentsFirstTry', duration(100, '30s'), {
      doc: 'The same for the first try of a create with documents.',
      fallback: '30s',
    }),
    retryableKeys: setting('create.retryableKeys', listOf(text('a messageKey'), 0), {
      doc: 'messageKeys of FAILED answers that mean "this server cannot": the create moves to the next one.',
      fallback: ['apiNotEnabled', 'maxConcurrent'],
    }),
  },
  metrics: {
    source: setting('metrics.source', oneOf(['influxdb', 'influxql', 'prometheus', 'ingest', 'none']), {
      doc: 'Where host samples come from; `ingest`: Telegraf writes to Ballast itself.',
      fallback: 'ingest',
    }),
    windowMs: setting('metrics.window', duration(1000, '1m'), {
      doc: 'The mean of samples is taken over this.',
      fallback: '1m',
    }),
    refreshMs: setting('metrics.refresh', duration(1000), {
      doc: 'How often the source is read.',
      fallback: '10s',
    }),
    maxAgeMs: setting('metrics.maxAge', duration(1000, '2m'), {
      doc: 'When the newest sample of a server is older, its load counts as unknown.',
      fallback: '2m',
    }),
    influxdb: {
      type: 'group',
      members: {
        url: setting('metrics.influxdb.url', httpUrl('http://influx:8086'), {
          doc: 'InfluxDB 2 (Flux).',
          required: 'needed with the other keys of `metrics.influxdb`',
        }),
        token: setting('metrics.influxdb.token', text('a token'), {
          doc: 'Token with read access to the bucket.',
          required: 'needed with the other keys of `metrics.influxdb`',
          isSecret: true,
        }),
        org: setting('metrics.influxdb.org', text('an organisation'), {
          doc: 'Organisation.',
          required: 'needed with the other keys of `metrics.influxdb`',
        }),
        bucket: setting('metrics.influxdb.bucket', text('a bucket'), {
          doc: 'Bucket Telegraf writes to.',
          required: 'needed with the other keys of `metrics.influxdb`',
        }),
      },
    },
    influxql: {
      type: 'group',
      members: {
        url: setting('metrics.influxql.url', httpUrl('http://influx:8086'), {
          doc: 'InfluxDB 1.x, or 2 and 3 through their v1 interface (InfluxQL).',
          required: 'needed with the other keys of `metrics.influxql`',
        }),
        database: setting('metrics.influxql.database', text('a database'), {
          doc: 'Database Telegraf writes to.',
          required: 'needed with the other keys of `metrics.influxql`',
        }),
        username: optional('metrics.influxql.username', text('a name'), {
          doc: 'User, where one is needed.',
        }),
        password: optional('metrics.influxql.password', text('a password'), {
          doc: 'Its password.',
          isSecret: true,
        }),
        token: optional('metrics.influxql.token', text('a token'), {
          doc: 'Token of InfluxDB 2 or 3; wins over user and password.',
          isSecret: true,
        }),
      },
    },
    prometheus: {
      type: 'group',
      members: {
        url: setting('metrics.prometheus.url', httpUrl('http://prometheus:9090'), {
          doc: 'Prometheus, or what answers PromQL as it does, with node_exporter samples.',
          required: 'needed with the other keys of `metrics.prometheus`',
        }),
        token: optional('metrics.prometheus.token', text('a token'), {
          doc: 'Bearer token, where one is needed.',
          isSecret: true,
        }),
      },
    },
    ingest: {
      tokens: setting('metrics.ingest.tokens', listOf(text('a token'), 0), {
        doc: 'Tokens Telegraf may write with; admin tokens with scope `operate` or `admin` serve as well.',
        fallback: [],
        isSecret: true,
      }),
    },
  },
  placement: {
    policy: setting('placement.policy', oneOf(POLICY_NAMES), {
      doc: 'How a server is chosen for a new meeting; a tenant may have its own (`policy` in the cluster file).',
      fallback: 'predicted',
    }),
    tolerance: setting('placement.tolerance', ratio(false), {
      doc: 'Servers within this distance of the lowest load count as equal; the choice among them is random.',
      fallback: 0.005,
    }),
    rampMs: setting('placement.ramp', duration(1000, '15m'), {
      doc: 'Over this time the people expected in a new meeting fade as reserved.',
      fallback: '15m',
    }),
    defaultMeetingSize: setting('placement.defaultMeetingSize', whole(1, 100_000), {
      doc: 'People expected in a meeting about which nothing is known.',
      fallback: 15,
    }),
    defaultMeetingDurationMs: setting('placement.defaultMeetingDuration', duration(1000, '45m'), {
      doc: 'How long a meeting is expected to last about which nothing is known.',
      fallback: '60m',
    }),
    whenFull: setting('placement.whenFull', oneOf(['least-bad', 'refuse']), {
      doc: 'With every server above its ceilings: take the least bad one, or answer FAILED.',
      fallback: 'least-bad',
    }),
    spareTag: setting('placement.spareTag', text('a tag'), {
      doc: 'Servers with this tag are taken only when no other is below its ceilings.',
      fallback: 'spare',
    }),
    shares: setting('placement.shares', shares(), {
      doc: 'Servers with such a tag get at most this part of the new meetings (a canary), more only when no other can take one. In the environment: `canary=0.05,old=0.5`.',
      fallback: [],
    }),
    limits: {
      cpu: setting('placement.limits.cpu', ratio(true), {
        doc: "CPU ceiling; a server's own limit overrides it.",
        fallback: 0.85,
      }),
      memory: setting('placement.limits.memory', ratio(true), { doc: 'Memory ceiling.', fallback: 0.9 }),
      network: setting('placement.limits.network', ratio(true), {
        doc: 'Network ceiling, as a share of `networkMbit` of the server.',
        fallback: 0.85,
      }),
    },
  },
};
