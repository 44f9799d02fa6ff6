import * as fileSystem from 'node:fs/promises';
import { constants } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { errorCode } from '../bbb/upstream-cause.js';
import { describeSystemError } from '../config/read-config-file.js';
import { abortable } from '../metrics/abortable.js';
import { checkSpool } from './check-spool.js';
import { type FilesAsked, type FolderLook, MAY_NOT, folderFault, refusalOf } from './folder-look.js';
import { stateOf, type Finding, type ThingCheck } from './report.js';
import type { Words } from './upstream-words.js';

export interface CheckArchiveDeps {
  /** `recordings.directory` and `recordings.spool`. */
  readonly directory: string;
  readonly spool: string | undefined;
  /** Names of the folders that `serve` makes below the directory. */
  readonly folders: readonly string[];
  /** With less room than this no recording is taken. */
  readonly reserveBytes: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** The file system itself by default. */
  readonly files?: FilesAsked;
}

const { R_OK, W_OK, X_OK } = constants;
const MIB = 1024 * 1024;

/** Looks whether the archive could be used by whoever runs this, and makes nothing. Never throws. */
export async function checkArchive(deps: CheckArchiveDeps): Promise<{
  readonly thing: ThingCheck;
  readonly findings: readonly Finding[];
}> {
  const { spool, files = fileSystem, timeoutMs } = deps;
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(timeoutMs)]);
  const looks = await Promise.all([
    settled('recordings.directory', timeoutMs, abortable(lookAtDirectory(deps, files), signal)),
    ...(spool === undefined
      ? []
      : [settled('recordings.spool', timeoutMs, abortable(checkSpool(spool, files), signal))]),
  ]);
  const findings = looks.flatMap((look) => look.findings);
  const summary = looks.map((look) => look.summary).join('; ');
  return { thing: { name: 'archive', state: stateOf(findings), summary }, findings };
}

async function lookAtDirectory(deps: CheckArchiveDeps, files: FilesAsked): Promise<FolderLook> {
  const root = resolve(deps.directory);
  const { path, stats } = await nearest(root, files);
  const broken = ({ message, advice }: Words): FolderLook => ({
    summary: `${root} cannot be used`,
    findings: [folderFault(`recordings.directory: ${message}: recordings cannot be kept`, advice)],
  });
  if (!stats.isDirectory()) return broken(noFolder(path));
  const closed = await refusalOf(path, R_OK | W_OK | X_OK, files);
  if (closed !== undefined) return broken(mayNot(path, closed));
  const { bavail, bsize } = await files.statfs(path);
  const full = spaceFindings(root, bavail * bsize, deps.reserveBytes);
  const free = `${Math.floor((bavail * bsize) / MIB)} MiB free`;
  if (path !== root) {
    const message = `${root} does not exist yet`;
    const advice = '`ballast serve` makes it';
    const absent: Finding = { severity: 'note', about: 'archive', message, advice };
    return { summary: `${message}, ${free}`, findings: [...full, absent] };
  }
  for (const name of deps.folders) {
    const fault = await folderWords(join(root, name), stats.dev, files);
    if (fault !== undefined) return broken(fault);
  }
  return { summary: `${root}, ${free}`, findings: full };
}

/** What is wrong with one of the folders below; one that is not there is made. */
async function folderWords(path: string, dev: number, files: FilesAsked): Promise<Words | undefined> {
  const stats = await files.stat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (stats === undefined) return undefined;
  if (!stats.isDirectory()) return noFolder(path);
  // Recordings are moved from one to the other in a single step.
  if (stats.dev !== dev) {
    const advice = 'keep all of recordings.directory on one, without links or mounts inside';
    return { message: `${path} lies on another file system`, advice };
  }
  const closed = await refusalOf(path, R_OK | W_OK | X_OK, files);
  return closed === undefined ? undefined : mayNot(path, closed);
}

function noFolder(path: string): Words {
  return { message: `${path} is no folder`, advice: 'name another in recordings.directory' };
}

function mayNot(path: string, why: string): Words {
  return { message: `${path} cannot be used (${why})`, advice: MAY_NOT };
}

function spaceFindings(root: string, freeBytes: number, reserveBytes: number): readonly Finding[] {
  if (freeBytes >= reserveBytes) return [];
  const left = `${Math.floor(freeBytes / MIB)} MiB left`;
  const message = `the disk of ${root} is full (${left}): recordings that arrive are refused, and sent again later`;
  const advice = 'make room there: recordings.keepFor, `ballast recording expire`, or a larger disk';
  return [{ severity: 'fault', about: 'archive', message, advice }];
}

/** The path itself, or what is there of the way to it. */
async function nearest(path: string, files: FilesAsked) {
  for (let at = path; ; at = dirname(at)) {
    try {
      return { path: at, stats: await files.stat(at) };
    } catch (error) {
      if (!isMissing(error) || dirname(at) === at) throw error;
    }
  }
}

/** A file system that hangs, and what nobody thought of, are faults like others. */
async function settled(setting: string, timeoutMs: number, look: Promise<FolderLook>): Promise<FolderLook> {
  return look.catch((error: unknown) => {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    const why = isTimeout
      ? `it gave no answer within ${timeoutMs / 1000} s; does a network file system hang?`
      : describeSystemError(error);
    return {
      summary: `${setting} cannot be used`,
      findings: [folderFault(`${setting}: ${why}`, '`ls` and `df` there say more')],
    };
  });
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(error));
}
