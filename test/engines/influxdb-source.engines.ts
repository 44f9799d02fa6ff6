import { expect } from 'chai';
import { InfluxdbSource, type InfluxdbSourceDeps } from '../../src/metrics/influxdb-source.js';
import { expectOutageIsSurvived } from '../support/outage-contract.js';
import { expectDenseIsRead } from '../support/dense-samples.js';
import { CONTRACT_TIMES, itIsASampleSource } from '../support/sample-source-contract.js';
import { telegrafText } from '../support/scenario-text.js';
import { failureOf } from '../support/source-failure.js';
import { type Influxdb2, startInfluxdb2 } from './rig/influxdb2.js';

function sourceOf(influxdb: Influxdb2, values: Partial<InfluxdbSourceDeps> = {}): InfluxdbSource {
  const { url, token, org, bucket } = influxdb;
  return new InfluxdbSource({ url, token, org, bucket, ...CONTRACT_TIMES, now: Date.now, ...values });
}

describe('InfluxdbSource on InfluxDB 2', () => {
  itIsASampleSource({
    tolerance: 0,
    open: async (hosts, now) => {
      const influxdb = await startInfluxdb2();
      await influxdb.write(telegrafText(hosts, now));
      return { source: sourceOf(influxdb, { now: () => now }), close: () => influxdb.stop() };
    },
  });
});

describe('InfluxdbSource and what can be wrong with an InfluxDB 2', () => {
  let influxdb: Influxdb2;

  before(async function () {
    this.timeout(60_000);
    influxdb = await startInfluxdb2();
  });

  after(() => influxdb.stop());

  it('says which of token, organisation and bucket is wrong, in the words of the server', async () => {
    const token = await failureOf(sourceOf(influxdb, { token: 'a-wrong-token' }));
    expect(token.reason).to.equal('wrong-token');
    expect(token.message).to.include('metrics.influxdb.token').and.to.include('unauthorized access');
    expect(token.message).to.not.include('a-wrong-token');
    const org = await failureOf(sourceOf(influxdb, { org: 'nowhere' }));
    expect(org.reason).to.equal('wrong-org');
    expect(org.message).to.include('metrics.influxdb.org').and.to.include('"nowhere"');
    const bucket = await failureOf(sourceOf(influxdb, { bucket: 'hole" or "' }));
    expect(bucket.reason).to.equal('wrong-bucket');
    expect(bucket.message).to.include('metrics.influxdb.bucket').and.to.include('could not find bucket');
  });

  it('tells its version', async () => {
    const source = sourceOf(influxdb);
    expect(await source.version(AbortSignal.timeout(5_000))).to.match(/^InfluxDB v?2\.\d+/);
    await source.close();
  });

  it('knows nothing from an empty bucket', async () => {
    const source = sourceOf(influxdb);
    const { samples, faults } = await source.read([{ serverId: 'a', host: 'b' }], AbortSignal.timeout(5_000));
    expect([...samples, ...(faults ?? [])]).to.deep.equal([]);
    await source.close();
  });

  it('asks for less where there are more samples than an answer may hold', async () => {
    await expectDenseIsRead({
      write: (lines) => influxdb.write(lines),
      create: (now) => sourceOf(influxdb, { maxBytes: 150_000, now: () => now }),
    });
  });

  it('names values that are no numbers and still reads the rest', async () => {
    const { token, org } = influxdb;
    const orgs = JSON.parse(await influxdb.call('GET', '/api/v2/orgs')) as {
      readonly orgs: readonly { readonly id: string }[];
    };
    await influxdb.call('POST', '/api/v2/buckets', { name: 'odd', orgID: orgs.orgs[0]?.id });
    const query = new URLSearchParams({ org, bucket: 'odd' });
    const response = await fetch(`${influxdb.url}/api/v2/write?${query.toString()}`, {
      method: 'POST',
      headers: { authorization: `Token ${token}` },
      body: 'cpu,cpu=cpu-total,server=bbb1 usage_idle="idle"\nmem,server=bbb1 used_percent=40i',
    });
    expect(response.status).to.equal(204);
    const source = sourceOf(influxdb, { bucket: 'odd' });
    const table = await source.read([{ serverId: 'bbb1', host: 'h1' }], AbortSignal.timeout(5_000));
    expect(table.samples.get('bbb1')).to.include({ cpu: undefined, memory: 0.4 });
    expect(table.faults?.map(({ kind }) => kind)).to.include('bad-value');
    await source.close();
  });

  it('is back within two refreshes after a crash or a hang', async function () {
    this.timeout(60_000);
    await expectOutageIsSurvived(sourceOf(influxdb), influxdb);
  });
});
