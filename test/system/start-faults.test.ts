import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { SystemRig, type CommandResult } from './system-rig.js';

interface FaultCase {
  readonly title: string;
  /** Changes to the rig's settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code: 1 | 2;
  /** What the person has to read. */
  readonly says: readonly RegExp[];
  /** How many lines it may take; 1 unless each fault has its own. */
  readonly lines?: number;
}

describe('system: a start that fails', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  const occupant = createServer();
  const password = rig.secret('database');
  const clusterSecret = rig.secret('cluster');
  const garbage = 'this is not a database, but somebody may want to keep it\n'.repeat(20);

  const cases: readonly FaultCase[] = [
    {
      title: 'names the port another program has',
      argv: ['serve', '--config', 'port.yaml'],
      code: 1,
      says: [/cannot listen on 127\.0\.0\.1:\d+: another program listens there/],
    },
    {
      title: 'tells every fault of the configuration at once, with key, value and origin',
      settings: { poll: { intervall: '1s', timeout: 'soon', offlineAfter: 0 }, log: { level: 'loud' } },
      env: { BALLAST_PLACEMENT_TOLERANCE: 'wide' },
      code: 1,
      says: [
        /poll\.intervall.*poll\.interval\b/,
        /poll\.timeout: given "?soon"? \(file/,
        /poll\.offlineAfter: given 0/,
        /log\.level: given "?loud/,
        /placement\.tolerance: given "?wide"? \(environment BALLAST_PLACEMENT_TOLERANCE/,
      ],
      lines: 6,
    },
    {
      title: 'names a configuration file that is not there',
      argv: ['serve', '--config', 'nowhere.yaml'],
      code: 1,
      says: [/nowhere\.yaml.*no such file/],
      lines: 2,
    },
    {
      title: 'names a cluster file that is not there',
      argv: ['serve', '--config', 'good.yaml', '--apply', 'nowhere.yaml'],
      code: 1,
      says: [/cluster file .*nowhere\.yaml cannot be read/],
    },
    {
      title: 'tells every fault of the cluster file at once',
      argv: ['serve', '--config', 'good.yaml', '--apply', 'faulty-cluster.yaml'],
      code: 1,
      says: [/not valid!/, /secret/, /url/i, /Sever/],
      lines: 10,
    },
    {
      title: 'leaves a database of a newer version as it is',
      settings: { store: 'sqlite:./newer.db' },
      code: 1,
      says: [/newer\.db was written by a newer version of Ballast/, /Nothing was changed/],
    },
    {
      title: 'leaves a file that is no database as it is',
      settings: { store: 'sqlite:./garbage.db' },
      code: 1,
      says: [/garbage\.db is not a SQLite database/],
    },
    {
      title: 'names a database it may not write',
      settings: { store: 'sqlite:./ballast.yaml/ballast.db' },
      code: 1,
      says: [/ballast\.yaml\/ballast\.db cannot be written/],
    },
    {
      title: 'tells that PostgreSQL is not supported yet, without its password',
      settings: { store: `postgres://ballast:${password}@db.example.org/ballast` },
      code: 1,
      says: [/PostgreSQL is not supported yet/],
    },
    {
      title: 'calls an unknown command wrong usage',
      argv: ['srve'],
      code: 2,
      says: [/unknown command/],
      lines: 3,
    },
    {
      title: 'calls an unknown option wrong usage',
      argv: ['serve', '--aply', 'c.yaml'],
      code: 2,
      says: [/unknown option '--aply'/, /--apply/],
      lines: 3,
    },
    {
      title: 'calls --prune without --apply wrong usage',
      argv: ['serve', '--prune'],
      code: 2,
      says: [/--apply/],
    },
    {
      title: 'calls a command without a token wrong usage',
      argv: ['server', 'list'],
      code: 2,
      says: [/BALLAST_TOKEN/],
    },
  ];
  const results = new Map<string, CommandResult>();

  before(async () => {
    occupant.listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as AddressInfo;
    const settings = rig.settings();
    rig.write('port.yaml', JSON.stringify({ ...settings, listen: { host: '127.0.0.1', port } }));
    rig.write('good.yaml', JSON.stringify({ ...settings, store: 'sqlite::memory:' }));
    rig.write('ballast.yaml', JSON.stringify(settings));
    rig.write('garbage.db', garbage);
    rig.write(
      'faulty-cluster.yaml',
      `kind: Server\nid: not valid!\nurl: ftp://bbb1\nsecret: ${clusterSecret}\n---\nkind: Server\nid: bbb2\nurl: https://bbb2\n---\nkind: Sever\nid: x\n`,
    );
    const newer = new Database(join(rig.folder, 'newer.db'));
    newer.exec(`create table kysely_migration (name varchar(255) primary key, timestamp varchar(255));
      insert into kysely_migration values ('9999-from-the-future', '2099-01-01');`);
    newer.close();
    await Promise.all(
      cases.map(async ({ title, settings: changes, argv, env = {} }, at) => {
        if (changes !== undefined) rig.write(`case-${at}.yaml`, JSON.stringify({ ...settings, ...changes }));
        const started = rig.command(argv ?? ['serve', '--config', `case-${at}.yaml`], { env });
        results.set(title, await started);
      }),
    );
  });
  after(async () => {
    occupant.close();
    await rig.stop();
  });

  for (const { title, code, says, lines = 1 } of cases) {
    it(title, () => {
      const result = results.get(title);
      expect(result?.code, result?.stderr).to.equal(code);
      for (const pattern of says) expect(result?.stderr).to.match(pattern);
      expect(result?.stderr).to.not.match(/^\s+at .*:\d+:\d+/m);
      const printed = (result?.stderr ?? '').trim().split('\n');
      expect(printed.length, result?.stderr).to.be.at.most(lines);
    });
  }

  it('has not touched the file that was no database, nor listened anywhere', () => {
    expect(readFileSync(join(rig.folder, 'garbage.db'), 'utf8')).to.equal(garbage);
    for (const { stdout } of results.values()) expect(stdout).to.not.include('listening');
  });
});
