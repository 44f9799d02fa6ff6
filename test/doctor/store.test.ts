import { chmodSync, readFileSync, mkdirSync, writeFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { startApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/load-config.js';
import { definitionOf, DoctorRig, faultLines, noteLines } from '../support/doctor-rig.js';
import { RecordingLogger } from '../support/recording-logger.js';

describe('doctor, looking at configuration and store', () => {
  let rig: DoctorRig;
  beforeEach(() => {
    rig = new DoctorRig();
    rig.configure();
  });
  afterEach(() => rig.stop());

  it('says the faults of the configuration as serve does, and stops there', async () => {
    rig.configure({
      poll: { interval: 'soon' },
      admin: { tokens: [{ name: 'x', token: '', scope: 'king' }] },
    });
    const report = await rig.look();
    expect(report.isHealthy).to.equal(false);
    expect(report.things.map(({ name, state }) => [name, state])).to.deep.equal([['configuration', 'fault']]);
    expect(
      faultLines(report).some((line) => line.startsWith('configuration: poll.interval: given "soon"')),
    ).to.equal(true);
    expect(report.servers).to.deep.equal([]);
  });

  it('passes the warnings of the configuration on as notes', async () => {
    rig.configure({ secrets: ['short'] });
    await rig.store(await rig.sim('bbb1'));
    const report = await rig.look();
    expect(report.isHealthy).to.equal(true);
    expect(noteLines(report)[0]).to.match(/^configuration: secrets\[0\] is shorter/);
  });

  it('takes a store that does not exist for a fault, and makes none', async () => {
    const report = await rig.look();
    expect(faultLines(report)).to.deep.equal([
      `store: ${rig.storeFile} does not exist yet → \`ballast serve --apply cluster.yaml\` makes it`,
    ]);
    expect(() => readFileSync(rig.storeFile)).to.throw('ENOENT');
  });

  it('says that a pool is empty', async () => {
    await rig.store();
    expect(faultLines(await rig.look())[0]).to.match(/^store: the pool has no servers → .*ballast apply/);
  });

  it('leaves the store byte for byte as it was', async () => {
    await rig.store(await rig.sim('bbb1'));
    const before = readFileSync(rig.storeFile);
    expect((await rig.look()).isHealthy).to.equal(true);
    expect(readFileSync(rig.storeFile).equals(before)).to.equal(true);
  });

  it('notes migrations that are still to run, and runs none', async () => {
    await rig.store(await rig.sim('bbb1'));
    const raw = new BetterSqlite3(rig.storeFile);
    raw.exec(`delete from kysely_migration where name = '0002-fewer-indexes'`);
    raw.close();
    const report = await rig.look();
    expect(report.servers.map(({ id }) => id)).to.deep.equal(['bbb1']);
    expect(noteLines(report)[0]).to.match(
      /^store: .*older version: 0002-fewer-indexes still to run → .*restart/,
    );
    const again = new BetterSqlite3(rig.storeFile, { readonly: true });
    const names = again.prepare('select name from kysely_migration').pluck().all();
    again.close();
    expect(names).not.to.include('0002-fewer-indexes');
  });

  it('names a store of a newer version, of another program, a folder and one that is damaged', async () => {
    const faultOf = async (): Promise<string> => {
      const report = await rig.look();
      expect(report.things[1]).to.include({ name: 'store', state: 'fault', summary: 'cannot be used' });
      return faultLines(report)[0] ?? '';
    };
    await rig.store();
    const raw = new BetterSqlite3(rig.storeFile);
    raw.exec(`insert into kysely_migration values ('9999-from-tomorrow', '2030-01-01')`);
    raw.close();
    expect(await faultOf()).to.match(/newer version of Ballast .*9999-from-tomorrow/);

    const use = (name: string): string => {
      rig.configure({ store: `sqlite:${rig.folder}/${name}` });
      return `${rig.folder}/${name}`;
    };
    const other = new BetterSqlite3(use('other.db'));
    other.exec('create table songs (name text)');
    other.close();
    expect(await faultOf()).to.include('a database of another program');
    mkdirSync(use('folder'));
    expect(await faultOf()).to.include('is a folder');
    writeFileSync(use('notes.txt'), 'not a database, though long enough to be read as one '.repeat(40));
    expect(await faultOf()).to.include('is not a SQLite database');
    rig.configure({ store: 'postgres://user:a-password-of-mine@host/db' });
    expect(await faultOf())
      .to.match(/PostgreSQL is not supported yet/)
      .and.not.include('a-password-of-mine');
  });

  it('checks servers of a cluster file that was never applied', async () => {
    const [known, changed, fresh] = [await rig.sim('bbb1'), await rig.sim('bbb2'), await rig.sim('bbb3')];
    await rig.store(definitionOf(known), definitionOf(changed, { secret: 'one-that-was-replaced' }));
    const documents = [changed, fresh].map(({ id, url }) => ({
      kind: 'Server',
      id,
      url,
      secret: `\${SECRET_${id}}`,
    }));
    const text = JSON.stringify(documents);
    const env = { SECRET_bbb2: changed.secret, SECRET_bbb3: fresh.secret };
    const report = await rig.look({ cluster: { text, directory: rig.folder }, env });
    expect(faultLines(report)).to.deep.equal([]);
    expect(report.servers.map(({ id, isSecretRight }) => [id, isSecretRight])).to.deep.equal([
      ['bbb1', true],
      ['bbb2', true],
      ['bbb3', true],
    ]);
    expect(noteLines(report)[0]).to.match(
      /^store: new or changed in the cluster file: bbb2, bbb3 → .*ballast apply/,
    );
  });

  it('says the faults of a cluster file, and needs no store beside a right one', async () => {
    const sim = await rig.sim('bbb1');
    const cluster = (document: object) => ({ text: JSON.stringify(document), directory: rig.folder });
    const wrong = await rig.look({ cluster: cluster({ kind: 'Server', id: 'bbb1', urll: sim.url }) });
    expect(faultLines(wrong).join('\n')).to.match(/^configuration: cluster file: .*url/);
    const { id, url, secret } = sim;
    const right = await rig.look({ cluster: cluster({ kind: 'Server', id, url, secret }) });
    expect(faultLines(right)).to.deep.equal([]);
    expect(noteLines(right).join('\n')).to.include('does not exist yet');
    expect(right.servers[0]).to.include({ id: 'bbb1', isSecretRight: true });
  });

  it('looks into the store of a running balancer without disturbing it, and sees that it runs', async () => {
    const sim = await rig.sim('bbb1');
    await rig.store(sim);
    rig.configure({ listen: { host: '127.0.0.1', port: 0 } });
    const { config } = loadConfig({ file: rig.configFile, env: {}, cwd: rig.folder });
    const logger = new RecordingLogger();
    const app = rig.keep(await startApp(config, { logger }));
    await app.firstPoll;
    rig.configure({ listen: { host: '127.0.0.1', port: Number(new URL(app.url).port) } });
    const report = await rig.look();
    expect(faultLines(report)).to.deep.equal([]);
    expect(report.things[3]).to.include({
      name: 'balancer',
      state: 'ok',
      summary: `runs at ${app.url}, ready`,
    });
    expect(logger.lines.filter((line) => /^(warn|error)/.test(line))).to.deep.equal([]);
  });

  it('says who may not write the store', async () => {
    await rig.store(await rig.sim('bbb1'));
    chmodSync(rig.storeFile, 0o400);
    const isRoot = process.getuid?.() === 0;
    const lines = faultLines(await rig.look());
    // Nothing is closed to root.
    expect(lines).to.have.length(isRoot ? 0 : 1);
    if (!isRoot) expect(lines[0]).to.match(/cannot be written .*run this as that user/);
  });
});
