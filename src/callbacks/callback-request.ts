import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import type { CallbackContent } from './callback.js';

/** How long an analytics token is good for, as BBB's own script makes it, in seconds. */
const ANALYTICS_TOKEN_S = 86_400;

/** A callback as it goes over the wire. */
export interface CallbackRequest {
  readonly method: 'GET' | 'POST';
  readonly origin: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What a callback is signed with at the time of its delivery. */
export interface CallbackSigning {
  /** The tenant's first secret. */
  readonly secret: string;
  /** What a hook names as the BBB host it comes from. */
  readonly domain: string;
  /** ms since 1970. */
  readonly now: number;
}

/** The signed request for a target: as a BBB server would send it, with the tenant's secret instead of its own. */
export async function callbackRequest(
  target: string,
  url: URL,
  content: CallbackContent,
  signing: CallbackSigning,
): Promise<CallbackRequest> {
  const { origin, pathname, search } = url;
  const path = pathname + search;
  const headers = { 'user-agent': 'Ballast', ...basicAuth(url) };
  switch (content.form) {
    case 'get':
      return { method: 'GET', origin, path, headers, body: undefined };
    case 'recording-ready': {
      const token = await sign('HS256', content.claims, signing.secret);
      return post(origin, path, headers, { signed_parameters: token });
    }
    case 'analytics': {
      const exp = Math.floor(signing.now / 1000) + ANALYTICS_TOKEN_S;
      const json = {
        'content-type': 'application/json',
        'user-agent': 'BigBlueButton Analytics Callback',
        authorization: `Bearer ${await sign('HS512', { exp }, signing.secret)}`,
      };
      return { method: 'POST', origin, path, headers: { ...headers, ...json }, body: content.body };
    }
    case 'hook': {
      const { event, timestamp } = content;
      const { domain, secret } = signing;
      // bbb-webhooks hashes the URL as it was registered, then the fields as JSON in this order.
      const signed = target + JSON.stringify({ event, timestamp, domain }) + secret;
      const checksum = createHash('sha1').update(signed).digest('hex');
      const withChecksum = `${path}${search === '' ? '?' : '&'}checksum=${checksum}`;
      return post(origin, withChecksum, headers, { event, timestamp: String(timestamp), domain });
    }
  }
}

function post(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, string>>,
): CallbackRequest {
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', origin, path, headers: form, body: new URLSearchParams(fields).toString() };
}

async function sign(
  alg: 'HS256' | 'HS512',
  claims: Readonly<Record<string, unknown>>,
  secret: string,
): Promise<string> {
  const token = new SignJWT({ ...claims }).setProtectedHeader({ typ: 'JWT', alg });
  return await token.sign(new TextEncoder().encode(secret));
}

/** Credentials in the URL go as Basic authentication (RFC 7617), in UTF-8. */
function basicAuth({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const credentials = `${decoded(username)}:${decoded(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
