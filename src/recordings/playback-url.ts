import { childrenOf } from './element-parts.js';

const LINK = /(<(?:url|image)(?:\s[^>]*)?>\s*(?:<!\[CDATA\[\s*)?)https?:\/\/[^/?#<\]\s]+/g;

/**
 * The element with the scheme and host of its playback links and preview images replaced. `base` is a URL with or without
 * a path, which then stands before theirs.
 */
export function withPlaybackUrl(recording: Buffer, base: string): Buffer {
  const xml = recording.toString('latin1');
  const [root] = childrenOf(xml, 0, xml.length);
  if (root === undefined) return recording;
  const playback = childrenOf(xml, root.contentStart, root.contentEnd).find(
    ({ name }) => name === 'playback',
  );
  if (playback === undefined) return recording;
  const prefix = base.replace(/\/+$/, '');
  const links = xml
    .slice(playback.start, playback.end)
    .replace(LINK, (_, before: string) => `${before}${prefix}`);
  return Buffer.from(xml.slice(0, playback.start) + links + xml.slice(playback.end), 'latin1');
}
