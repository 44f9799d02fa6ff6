import type { ServerAddress } from '../bbb/server-address.js';
import type { UpstreamPools } from '../bbb/upstream-pools.js';
import { nextChild, responseStart, textOf } from '../bbb/xml-scan.js';
import { getText } from './get-text.js';

/** What the version document of a server says; BBB leaves `bbbVersion` empty unless allowRevealOfBBBVersion is set. */
export interface BbbVersions {
  readonly bbbVersion: string | undefined;
  readonly apiVersion: string | undefined;
}

const MAX_BYTES = 64 * 1024;
const MAX_LENGTH = 40;

/** Reads a server's version document, which needs no signature. Never throws: whatever goes wrong is unknown. */
export async function readVersion(
  server: ServerAddress,
  { pools, signal }: { readonly pools: UpstreamPools; readonly signal: AbortSignal },
): Promise<BbbVersions> {
  try {
    const { pool } = pools.of(server);
    const { status, text } = await getText({
      url: server.url,
      dispatcher: pool,
      maxBytes: MAX_BYTES,
      signal,
    });
    return status === 200 ? versionsIn(text) : UNKNOWN;
  } catch {
    // getMeetings of the same server tells what is wrong, with its reason.
    return UNKNOWN;
  }
}

const UNKNOWN: BbbVersions = { bbbVersion: undefined, apiVersion: undefined };

function versionsIn(xml: string): BbbVersions {
  const found = new Map<string, string>();
  let at = responseStart(xml);
  while (at !== undefined) {
    const child = nextChild(xml, at);
    if (typeof child === 'string') break;
    const text = textOf(xml, child)?.trim().slice(0, MAX_LENGTH) ?? '';
    if (text !== '') found.set(child.name, text);
    at = child.end;
  }
  return {
    bbbVersion: found.get('bbbVersion'),
    apiVersion: found.get('apiVersion') ?? found.get('version'),
  };
}
