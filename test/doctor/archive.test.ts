import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import * as fileSystem from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkAddresses } from '../../src/doctor/check-addresses.js';
import { checkArchive, type CheckArchiveDeps } from '../../src/doctor/check-archive.js';
import type { FilesAsked } from '../../src/doctor/folder-look.js';
import { DoctorRig, faultLines, noteLines } from '../support/doctor-rig.js';

describe('doctor, looking at what the archive needs', () => {
  let rig: DoctorRig;
  let directory: string;
  let spool: string;
  beforeEach(async () => {
    rig = new DoctorRig();
    directory = join(rig.folder, 'recordings');
    spool = join(rig.folder, 'spool');
    archive();
    await rig.store(await rig.sim('bbb1'));
  });
  afterEach(() => rig.stop());

  function archive(settings: Readonly<Record<string, unknown>> = {}): void {
    // An address needs no look-up.
    rig.configure({
      publicUrl: 'https://127.0.0.1',
      recordings: { mode: 'archive', directory, ...settings },
    });
  }

  /** The check by itself, with a file system in which some paths may not be used. */
  async function check(
    changes: Partial<CheckArchiveDeps> & { readonly closed?: Readonly<Record<string, number>> },
  ) {
    const { closed = {} } = changes;
    const files: FilesAsked = {
      ...fileSystem,
      access: async (path, mode = 0) => {
        if (((closed[String(path)] ?? 0) & mode) !== 0)
          throw Object.assign(new Error('EACCES: no'), { code: 'EACCES' });
        await fileSystem.access(path, mode);
      },
    };
    const { findings, thing } = await checkArchive({
      ...{ directory, spool: undefined, folders: ['incoming', 'published'], reserveBytes: 0 },
      ...{ timeoutMs: 5000, signal: new AbortController().signal, files, ...changes },
    });
    return { thing, lines: findings.map(({ severity, message }) => `${severity}: ${message}`) };
  }

  it('does not look at an archive that is not in use', async () => {
    rig.configure({ recordings: { spool: '/nowhere' } });
    const report = await rig.look();
    expect(report.isHealthy).to.equal(true);
    expect(report.things.map(({ name }) => name)).not.to.include('archive');
  });

  it('finds nothing wrong with folders it can use, and makes none', async () => {
    mkdirSync(spool);
    archive({ spool });
    const first = await rig.look();
    expect(first.isHealthy).to.equal(true);
    expect(noteLines(first)).to.include(
      `archive: ${directory} does not exist yet → \`ballast serve\` makes it`,
    );
    expect(readdirSync(rig.folder)).not.to.include('recordings');
    mkdirSync(join(directory, 'published'), { recursive: true });
    writeFileSync(join(spool, 'one.tar'), '');
    writeFileSync(join(spool, '.arriving.tar'), '');
    const report = await rig.look();
    const thing = report.things.find(({ name }) => name === 'archive');
    expect(thing).to.include({ state: 'ok' });
    expect(thing?.summary).to.match(/recordings, \d+ MiB free; spool .*spool, 1 waiting$/);
    expect(readdirSync(directory)).to.deep.equal(['published']);
    expect(readdirSync(spool)).to.have.members(['one.tar', '.arriving.tar']);
  });

  it('names a folder that cannot be one', async () => {
    writeFileSync(join(rig.folder, 'file'), '');
    archive({ directory: join(rig.folder, 'file', 'below') });
    expect(faultLines(await rig.look())[0]).to.match(
      /^archive: recordings\.directory: .*\/file is no folder: recordings cannot be kept → name another/,
    );
    mkdirSync(directory);
    writeFileSync(join(directory, 'failed'), '');
    archive();
    expect(faultLines(await rig.look())[0]).to.match(/recordings\/failed is no folder/);
  });

  it('names a spool that is not there or is none', async () => {
    archive({ spool });
    expect(faultLines(await rig.look())[0]).to.match(
      /^archive: recordings\.spool: .*\/spool is not there \(no such file\): nothing is taken from there → make it, or/,
    );
    writeFileSync(spool, '');
    expect(faultLines(await rig.look())[0]).to.match(/spool is no folder/);
  });

  it('names folders and tars that its user may not use', async () => {
    mkdirSync(join(directory, 'incoming'), { recursive: true });
    mkdirSync(spool);
    writeFileSync(join(spool, 'one.tar'), '');
    const { R_OK, W_OK } = fileSystem.constants;
    const inside = join(directory, 'incoming');
    expect((await check({ closed: { [inside]: W_OK } })).lines).to.deep.equal([
      `fault: recordings.directory: ${inside} cannot be used (permission denied): recordings cannot be kept`,
    ]);
    const made = { directory: join(directory, 'deep', 'er'), closed: { [directory]: W_OK } };
    expect((await check(made)).lines[0]).to.include(`${directory} cannot be used`);
    expect((await check({ spool, closed: { [spool]: R_OK } })).lines[0]).to.include(
      'cannot be read (permission',
    );
    expect((await check({ spool, closed: { [spool]: W_OK } })).lines[0]).to.include('nothing can be removed');
    const tar = { [join(spool, 'one.tar')]: R_OK };
    expect((await check({ spool, closed: tar })).lines[0]).to.include('cannot be read: one.tar');
  });

  it('says that the disk is full, and does not wait for one that hangs', async () => {
    mkdirSync(directory);
    const full = await check({ reserveBytes: Number.MAX_SAFE_INTEGER });
    expect(full.lines[0]).to.match(/^fault: the disk of .*recordings is full \(\d+ MiB left\)/);
    const hanging: FilesAsked = { ...fileSystem, statfs: () => new Promise<never>(() => undefined) };
    const { lines, thing } = await check({ files: hanging, timeoutMs: 20 });
    expect(lines[0]).to.equal(
      'fault: recordings.directory: it gave no answer within 0.02 s; does a network file system hang?',
    );
    expect(thing).to.deep.include({ state: 'fault', summary: 'recordings.directory cannot be used' });
  });

  it('notes a name of its own that cannot be looked up', async () => {
    archive({ playbackUrl: 'https://nowhere.invalid' });
    const report = await rig.look();
    expect(report.isHealthy).to.equal(true);
    expect(report.things[0]).to.include({ name: 'configuration', state: 'note' });
    expect(noteLines(report).join('\n')).to.match(
      /^configuration: recordings\.playbackUrl: the name nowhere\.invalid cannot be looked up here/m,
    );
  });

  it('does not wait for a resolver that hangs, and asks none for an address', async () => {
    const asked: string[] = [];
    const findings = await checkAddresses({
      addresses: {
        publicUrl: 'https://a.example:8443/x',
        'recordings.playbackUrl': 'http://[::1]:80',
        none: undefined,
      },
      timeoutMs: 20,
      signal: new AbortController().signal,
      resolve: (host) => {
        asked.push(host);
        return new Promise<never>(() => undefined);
      },
    });
    expect(asked).to.deep.equal(['a.example']);
    expect(findings.map(({ message }) => message)).to.deep.equal([
      'publicUrl: the name a.example cannot be looked up here (no answer within 0.02 s)',
    ]);
  });
});
