import { expect } from 'chai';
import { InfluxqlSource, type InfluxqlSourceDeps } from '../../src/metrics/influxql-source.js';
import { expectOutageIsSurvived } from '../support/outage-contract.js';
import { expectDenseIsRead } from '../support/dense-samples.js';
import { CONTRACT_TIMES, itIsASampleSource } from '../support/sample-source-contract.js';
import { telegrafText } from '../support/scenario-text.js';
import { failureOf } from '../support/source-failure.js';
import { type Influxdb1, startInfluxdb1 } from './rig/influxdb1.js';
import { startInfluxdb2 } from './rig/influxdb2.js';

type Values = Partial<InfluxqlSourceDeps> & { readonly url: string };

function sourceOf(values: Values): InfluxqlSource {
  const open = { database: 'telegraf', username: undefined, password: undefined, now: Date.now };
  return new InfluxqlSource({ ...CONTRACT_TIMES, ...open, ...values });
}

describe('InfluxqlSource on InfluxDB 1', () => {
  itIsASampleSource({
    tolerance: 0,
    open: async (hosts, now) => {
      const influxdb = await startInfluxdb1();
      await influxdb.write(telegrafText(hosts, now));
      return { source: sourceOf({ url: influxdb.url, now: () => now }), close: () => influxdb.stop() };
    },
  });
});

describe('InfluxqlSource on the v1 interface of InfluxDB 2', () => {
  itIsASampleSource({
    tolerance: 0,
    open: async (hosts, now) => {
      const { url, token, write, stop } = await startInfluxdb2AsIs();
      await write(telegrafText(hosts, now));
      return { source: sourceOf({ url, token, now: () => now }), close: stop };
    },
  });
});

describe('InfluxqlSource and many samples on the v1 interface of InfluxDB 2', () => {
  it('asks for less where there are more samples than an answer may hold', async function () {
    this.timeout(60_000);
    const { url, token, write, stop } = await startInfluxdb2AsIs();
    try {
      await expectDenseIsRead({
        write,
        create: (now) => sourceOf({ url, token, maxBytes: 100_000, now: () => now }),
      });
    } finally {
      await stop();
    }
  });
});

async function startInfluxdb2AsIs(): Promise<{
  readonly url: string;
  readonly token: string;
  readonly write: (lines: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}> {
  const influxdb = await startInfluxdb2();
  const { url, token } = influxdb;
  return { url, token, write: (lines) => influxdb.write(lines), stop: () => influxdb.stop() };
}

describe('InfluxqlSource and what can be wrong with an InfluxDB 1', () => {
  let influxdb: Influxdb1;
  let login: { readonly url: string; readonly username: string; readonly password: string };

  before(async function () {
    this.timeout(60_000);
    influxdb = await startInfluxdb1({ isAuthOn: true });
    const { url, username, password } = influxdb;
    login = { url, username, password };
  });

  after(() => influxdb.stop());

  it('says whether user, password or database is wrong, in the words of the server', async () => {
    const password = await failureOf(sourceOf({ ...login, password: 'a-wrong-password' }));
    expect(password.reason).to.equal('wrong-token');
    expect(password.message).to.include('metrics.influxql.password').and.to.include('authorization failed');
    expect(password.message).to.not.include('a-wrong-password');
    const nobody = await failureOf(sourceOf({ url: influxdb.url }));
    expect(nobody.message).to.include('without user and password');
    const database = await failureOf(sourceOf({ ...login, database: 'no"where' }));
    expect(database.reason, database.message).to.equal('wrong-database');
    expect(database.message).to.include('metrics.influxql.database').and.to.include('database not found');
  });

  it('tells its version', async () => {
    const source = sourceOf(login);
    expect(await source.version(AbortSignal.timeout(5_000))).to.match(/^InfluxDB 1\.\d+/);
    await source.close();
  });

  it('names values that are no numbers and still reads the rest', async () => {
    await influxdb.write('cpu,cpu=cpu-total,server=bbb1 usage_idle="idle"\nmem,server=bbb1 used_percent=40i');
    const source = sourceOf(login);
    const table = await source.read([{ serverId: 'bbb1', host: 'h1' }], AbortSignal.timeout(5_000));
    expect(table.samples.get('bbb1')).to.include({ cpu: undefined, memory: 0.4 });
    expect(table.faults?.map(({ kind }) => kind)).to.include('bad-value');
    await source.close();
  });

  it('asks for less where there are more samples than an answer may hold', async () => {
    await influxdb.query('CREATE DATABASE "dense"');
    await expectDenseIsRead({
      write: async (body) => {
        const authorization = `Basic ${btoa(`${login.username}:${login.password}`)}`;
        const request = { method: 'POST', headers: { authorization }, body };
        const { status } = await fetch(`${login.url}/write?db=dense`, request);
        expect(status).to.equal(204);
      },
      create: (now) => sourceOf({ ...login, database: 'dense', maxBytes: 100_000, now: () => now }),
    });
  });

  it('is back within two refreshes after a crash or a hang', async function () {
    this.timeout(60_000);
    await expectOutageIsSurvived(sourceOf(login), influxdb);
  });
});
