import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../store/open-test-store.js';
import { AppRig, RIG_ADMIN_TOKEN, until, type RigAnswer } from './app-rig.js';

/** What the admin API wants of whoever sends recordings. */
export const BEARER = { authorization: `Bearer ${RIG_ADMIN_TOKEN}` };

/** A whole Ballast that keeps recordings itself, in a folder of its own, with a server and two tenants. */
export class ArchiveApp {
  readonly folder = makeFolder();
  #rig: AppRig | undefined;

  /** Only after `start`. */
  get rig(): AppRig {
    if (this.#rig === undefined) throw new Error('Ballast was not started');
    return this.#rig;
  }

  /** `recordings`: settings of that group beside mode and directory. */
  async start(recordings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    this.#rig = await AppRig.start({
      servers: 1,
      tenants: [
        { id: 'school', secrets: ['school-secret'], hosts: ['school.example'] },
        { id: 'college', secrets: ['college-secret'] },
      ],
      settings: {
        publicUrl: 'https://bbb.example.org',
        trustProxy: 'loopback',
        callbacks: { allowPrivateTargets: true, serverHooks: false },
        recordings: { mode: 'archive', directory: join(this.folder, 'recordings'), ...recordings },
      },
    });
  }

  /** Sends an archive or a piece of one. */
  send(query: string, body: Buffer): Promise<RigAnswer> {
    return this.rig.send(`/admin/v1/recordings/import${query}`, { method: 'POST', body, headers: BEARER });
  }

  /** How far an import is. */
  async stateOf(id: string): Promise<string> {
    return ((await this.rig.admin('GET', `recordings/import?sha256=${id}`)) as { readonly step: string })
      .step;
  }

  /** Sends an archive and waits until it is imported; throws when it cannot be. */
  async importTar(tar: Buffer): Promise<void> {
    const answer = await this.send('', tar);
    if (answer.status !== 200) throw new Error(`the archive was not taken: ${answer.text}`);
    const { id } = JSON.parse(answer.text) as { readonly id: string };
    await until('the import is over', async () => ['done', 'failed'].includes(await this.stateOf(id)));
    const step = await this.stateOf(id);
    if (step !== 'done') throw new Error(`the import is ${step}`);
  }

  async stop(): Promise<void> {
    await this.#rig?.stop();
    rmSync(this.folder, { recursive: true });
  }
}
