import { escapeXml } from '../bbb/xml-text.js';
import type { CallbackSlot } from './callback-slots.js';
import type { CallbackTarget } from './callback-target.js';
import type { CallbackTargets } from './callback-targets.js';
import { givenId, type CallbackTokens } from './callback-tokens.js';
import { findOwnUrls } from './own-urls.js';

const MARK = Buffer.from('callbacks', 'latin1');
const CDATA = '<![CDATA[';

export interface UrlRestorerDeps {
  readonly tokens: CallbackTokens;
  readonly targets: CallbackTargets;
}

/** Puts the front ends' own callback URLs back where servers show those that Ballast gave them. */
export class UrlRestorer {
  readonly #deps: UrlRestorerDeps;

  constructor(deps: UrlRestorerDeps) {
    this.#deps = deps;
  }

  /**
   * In a server's XML, from memory. A URL of a session that is not known (any more), or of another tenant's, becomes
   * empty; without any the same bytes come back.
   */
  restoreUrlsNow(xml: Buffer, tenantId?: string): Buffer {
    if (!xml.includes(MARK)) return xml;
    const { targets } = this.#deps;
    return this.#replace(xml, (id) => targets.peek(id), tenantId);
  }

  /** The same, also of sessions that are long over: in what a server says of a recording. */
  async restoreUrls(xml: Buffer, tenantId?: string): Promise<Buffer> {
    if (!xml.includes(MARK)) return xml;
    const { targets } = this.#deps;
    const ids = this.idsIn(xml.toString('latin1'));
    if (ids.length === 0) return xml;
    const found = await targets.findAll(ids);
    return this.#replace(xml, (id) => found.get(id), tenantId);
  }

  /** The front end's URL for one of ours; `undefined` for any other. */
  async originalOf(url: string, tenantId: string): Promise<string | undefined> {
    const [only] = findOwnUrls(url);
    const id = only === undefined ? undefined : this.#deps.tokens.idOf(only.token);
    if (only === undefined || id === undefined) return undefined;
    return urlOf(await this.#deps.targets.find(id), only.slot, tenantId);
  }

  /** IDs of the targets whose URLs stand in a text. */
  idsIn(text: string): readonly string[] {
    return findOwnUrls(text).flatMap(({ token }) => this.#deps.tokens.idOf(token) ?? []);
  }

  #replace(
    xml: Buffer,
    targetOf: (id: string) => CallbackTarget | undefined,
    tenantId: string | undefined,
  ): Buffer {
    // Latin-1 keeps every byte as one character, so that UTF-8 passes through unchanged.
    const text = xml.toString('latin1');
    const parts: string[] = [];
    let at = 0;
    for (const { start, end, token, slot } of findOwnUrls(text)) {
      // A known ID needs no proof, which would cost more than all the rest.
      const target = targetOf(givenId(token));
      if (target === undefined && this.#deps.tokens.idOf(token) === undefined) continue;
      const original = urlOf(target, slot, tenantId);
      parts.push(text.slice(at, start), xmlText(original, text.endsWith(CDATA, start)));
      at = end;
    }
    if (at === 0) return xml;
    parts.push(text.slice(at));
    return Buffer.from(parts.join(''), 'latin1');
  }
}

function urlOf(target: CallbackTarget | undefined, slot: CallbackSlot, tenantId: string | undefined): string {
  if (target === undefined) return '';
  return tenantId === undefined || target.tenantId === tenantId ? (target.urls[slot] ?? '') : '';
}

function xmlText(text: string, isInCdata: boolean): string {
  const written = isInCdata ? text.replaceAll(']]>', ']]]]><![CDATA[>') : escapeXml(text);
  return Buffer.from(written, 'utf8').toString('latin1');
}
