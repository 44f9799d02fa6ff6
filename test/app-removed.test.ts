import { rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { SignJWT } from 'jose';
import { eachStep } from '../src/app-removed.js';
import { makeFolder } from './store/open-test-store.js';
import { AppRig, until } from './support/app-rig.js';

describe('eachStep', () => {
  it('takes every step after the one before, also after failures, and rejects with the first of them', async () => {
    const seen: string[] = [];
    const step = (name: string, failure?: Error) => async (): Promise<void> => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(name);
      if (failure !== undefined) throw failure;
    };
    const thrown = new Error('at once');
    const steps = [
      step('one'),
      () => {
        throw thrown;
      },
      step('three', new Error('later')),
      step('four'),
    ];
    expect(await eachStep(steps).catch((error: unknown) => error)).to.equal(thrown);
    expect(seen).to.deep.equal(['one', 'three', 'four']);
    await eachStep([step('five')]);
    expect(seen).to.have.lengthOf(4);
  });
});

describe('a server that is removed while the store fails', () => {
  let folder: string;
  let rig: AppRig | undefined;
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(async () => {
    await rig?.stop();
    rmSync(folder, { recursive: true });
  });

  /** From here on no meeting can be forgotten. */
  function breakMeetings(file: string): void {
    const database = new BetterSqlite3(file);
    database.exec(
      `create trigger broken before delete on meetings begin select raise(abort, 'disk full'); end`,
    );
    database.close();
  }

  /** What the server says of a recording. */
  async function announce(to: AppRig, path: string, secret: string): Promise<number> {
    const jwt = await new SignJWT({ meeting_id: 'class', record_id: `${'a'.repeat(40)}-1800000000000` })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(secret));
    const body = new URLSearchParams({ signed_parameters: jwt }).toString();
    const contentType = 'application/x-www-form-urlencoded';
    return (await to.send(path, { body, contentType })).status;
  }

  it('is forgotten by all else, and its word still counts', async () => {
    const file = join(folder, 'ballast.db');
    rig = await AppRig.start({ servers: 1, settings: { store: `sqlite:${file}` } });
    const running = rig;
    await until('the server has the hook', () => running.sims.every(({ hooks }) => hooks.hooks.length === 1));
    const urls = { 'meta_bbb-recording-ready-url': 'https://front.example/ready' };
    const { sim } = await running.create('class', urls);
    const ready = sim.meetings.find('class')?.settings.metadata.get('bbb-recording-ready-url') ?? '';
    breakMeetings(file);
    const removed = running.admin('DELETE', `servers/${sim.id}?force=true`);
    expect(await removed.catch((error: unknown) => String(error))).to.match(/: 5\d\d /);
    expect(await announce(running, new URL(ready).pathname, sim.secret)).to.equal(200);
    await until('the server has lost the hook', () => sim.hooks.hooks.length === 0);
  });
});
