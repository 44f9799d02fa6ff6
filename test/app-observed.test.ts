import { expect } from 'chai';
import { telegrafLines } from '../src/sim/telegraf-lines.js';
import { AppRig, newMeetingId, RIG_ADMIN_TOKEN, until } from './support/app-rig.js';
import { expiredTlsFront, type TlsFront } from './support/tls-front.js';

const GIB = 2 ** 30;

/** What `/metrics` says of one series; `undefined` where it is not there. */
function valueIn(text: string, series: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('what /metrics shows of servers and tenants', function () {
  this.timeout(30_000);
  let rig: AppRig;
  let front: TlsFront;
  let feed: NodeJS.Timeout;
  let sent = 0;
  let reported: Promise<unknown> = Promise.resolve();
  const failures: unknown[] = [];

  const scrape = async (accept = 'text/plain'): Promise<string> =>
    (await rig.send('/metrics', { headers: { accept } })).text;

  /** As Telegraf on bbb1, bbb2 and bbb4 would send. */
  const report = async (busy: number): Promise<void> => {
    const hosts = ['bbb1', 'bbb2', 'bbb4'];
    sent += 1e6;
    const body = hosts
      .map((server) =>
        telegrafLines({
          ...{ host: `${server}.test`, server, cores: 16, networkMbit: 1_000, time: Date.now(), busy },
          ...{ memoryBytes: 32 * GIB, memoryInUse: 0.25, sentBytes: sent, receivedBytes: sent, uptimeS: 1e5 },
        }),
      )
      .join('');
    const authorization = `Token ${RIG_ADMIN_TOKEN}`;
    const answer = await rig.send('/api/v2/write?org=o&bucket=b', { body, headers: { authorization } });
    if (answer.status !== 204) throw new Error(`the ingest answers ${answer.status}: ${answer.text}`);
  };

  before(async () => {
    rig = await AppRig.start({
      servers: [{}, { tags: ['spare'] }, {}],
      tenants: [{ id: 'acme', secrets: ['acme-secret'], limits: { meetings: 5, attendees: 70 } }],
      settings: {
        metrics: { source: 'ingest', refresh: '1s', window: '3s', maxAge: '20s' },
        placement: { ramp: '3s', limits: { cpu: 0.8 } },
      },
    });
    const [first] = rig.sims;
    if (first === undefined) throw new Error('no server');
    front = await expiredTlsFront(first.url);
    await rig.admin('POST', 'servers', {
      ...{ id: 'bbb4', url: front.url, secret: first.secret, allowInsecureTls: true },
      limits: { attendees: 10, meetings: 7, cpu: 0.5 },
    });
    await rig.admin('POST', 'servers/bbb3/cordon');
    feed = setInterval(() => {
      reported = Promise.all([
        reported,
        report(0.3).catch((error: unknown) => {
          failures.push(error);
        }),
      ]);
    }, 500);
  });

  after(async () => {
    clearInterval(feed);
    await reported;
    await rig.stop();
    await front.close();
    expect(failures, 'reports that were not taken').to.deep.equal([]);
  });

  it('limits, spares, cores, and who is eligible or why not', async () => {
    await until('samples and polls of all', async () => {
      const text = await scrape();
      return (
        valueIn(text, 'ballast_server_cpu_ratio{server="bbb4"}') !== undefined &&
        valueIn(text, 'ballast_server_health{server="bbb4",state="online"}') === 1
      );
    });
    const text = await scrape();
    const lines = text.split('\n');
    for (const line of [
      'ballast_server_limit_ratio{server="bbb1",resource="cpu"} 0.8',
      'ballast_server_limit_ratio{server="bbb1",resource="memory"} 0.9',
      'ballast_server_limit_ratio{server="bbb4",resource="cpu"} 0.5',
      'ballast_server_attendees_limit{server="bbb4"} 10',
      'ballast_server_meetings_limit{server="bbb4"} 7',
      'ballast_server_cores{server="bbb1"} 16',
      'ballast_server_spare{server="bbb1"} 0',
      'ballast_server_spare{server="bbb2"} 1',
      'ballast_server_eligible{server="bbb1"} 1',
      'ballast_server_eligible{server="bbb2"} 1',
      'ballast_server_eligible{server="bbb3"} 0',
      'ballast_server_excluded{server="bbb3",reason="not-enabled"} 1',
      'ballast_server_eligible{server="bbb4"} 0',
      'ballast_server_excluded{server="bbb4",reason="above-ceiling"} 1',
      `ballast_server_certificate_expiry_timestamp_seconds{server="bbb4"} ${front.expiresAt / 1000}`,
      'ballast_tenant_meetings_limit{tenant="acme"} 5',
      'ballast_tenant_attendees_limit{tenant="acme"} 70',
      'ballast_metrics_source_info{source="ingest"} 1',
      'ballast_placement_policy_info{policy="predicted"} 1',
      'ballast_forecast_lead_seconds 2',
    ]) {
      expect(lines).to.include(line);
    }
    expect(text).not.to.match(/ballast_server_attendees_limit\{server="bbb1"/);
    expect(text).not.to.match(/ballast_tenant_meetings_limit\{tenant="default"/);
    expect(text).not.to.match(/certificate_expiry_timestamp_seconds\{server="bbb1"/);
    expect(text).not.to.match(/ballast_server_cores\{server="bbb3"/);
    expect(valueIn(text, 'ballast_server_poll_age_seconds{server="bbb1"}')).to.be.within(0, 3);
    expect(valueIn(text, 'ballast_cpu_cores_per_attendee')).to.be.within(0.002, 0.5);
    const since =
      Date.now() / 1000 - (valueIn(text, 'ballast_metrics_source_last_success_timestamp_seconds') ?? 0);
    expect(since).to.be.within(0, 5);
  });

  it('the CPU as forecast now, as it was forecast, and how far off that was', async () => {
    await until('forecasts that have come due', async () => {
      const text = await scrape();
      return (
        valueIn(text, 'ballast_server_forecast_cpu_ratio{server="bbb1"}') !== undefined &&
        (valueIn(text, 'ballast_forecast_error_ratio_count') ?? 0) >= 3
      );
    });
    const text = await scrape();
    for (const name of ['predicted', 'background', 'forecast']) {
      expect(valueIn(text, `ballast_server_${name}_cpu_ratio{server="bbb1"}`), name).to.be.within(0, 0.32);
      // A host without samples has no forecast.
      expect(valueIn(text, `ballast_server_${name}_cpu_ratio{server="bbb3"}`), name).to.equal(undefined);
    }
    const error = valueIn(text, 'ballast_forecast_error_ratio_sum') ?? NaN;
    expect(error / (valueIn(text, 'ballast_forecast_error_ratio_count') ?? NaN)).to.be.within(0, 0.3);
  });

  it('a server that stops as excluded, and nothing of one that is removed', async () => {
    await rig.create(newMeetingId());
    await rig.sims[1]?.stop();
    await until('bbb2 is excluded', async () =>
      (await scrape()).includes('ballast_server_excluded{server="bbb2",reason="not-online"} 1'),
    );
    expect(await scrape()).to.contain('ballast_server_eligible{server="bbb2"} 0');
    await rig.admin('DELETE', 'servers/bbb2');
    for (const accept of ['text/plain', 'application/openmetrics-text; version=1.0.0']) {
      expect(await scrape(accept)).not.to.contain('"bbb2"');
    }
  });

  it('the same in OpenMetrics, which ends with its mark', async () => {
    const answer = await rig.send('/metrics', {
      headers: { accept: 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3' },
    });
    expect(answer.headers['content-type']).to.equal(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect(answer.text).to.match(/\n# EOF\n$/);
    expect(answer.text).to.contain('# TYPE ballast_placements counter\n');
    expect(answer.text).to.match(/^ballast_placements_total\{server="bbb1",reason="[a-z-]+"\} 1$/m);
  });
});
