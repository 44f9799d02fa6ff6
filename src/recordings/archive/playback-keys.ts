import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token opens: one format of one recording, for one tenant; a link's token is not a cookie's. */
export interface PlaybackGrant {
  readonly purpose: 'link' | 'cookie';
  readonly tenantId: string;
  readonly recordId: string;
  readonly format: string;
}

const TOKEN = /^(\d{1,15})\.([A-Za-z0-9_-]{43})$/;

/** Tokens of protected recordings: an expiry (s since 1970) and the HMAC-SHA256 over it and what it opens. */
export class PlaybackKeys {
  readonly #key: Buffer;
  readonly #now: () => number;

  constructor(key: Buffer, now: () => number) {
    this.#key = key;
    this.#now = now;
  }

  sign(grant: PlaybackGrant, lifetimeMs: number): string {
    const expiresAt = Math.floor((this.#now() + lifetimeMs) / 1000);
    return `${expiresAt}.${this.#mac(grant, expiresAt)}`;
  }

  /** Whether a token was made for this and still holds. */
  isValid(token: string | undefined, grant: PlaybackGrant): boolean {
    const match = TOKEN.exec(token ?? '');
    if (match?.[1] === undefined || match[2] === undefined) return false;
    const expiresAt = Number(match[1]);
    const expected = Buffer.from(this.#mac(grant, expiresAt));
    return timingSafeEqual(expected, Buffer.from(match[2])) && expiresAt * 1000 > this.#now();
  }

  #mac({ purpose, tenantId, recordId, format }: PlaybackGrant, expiresAt: number): string {
    // JSON keeps the parts apart, whatever stands in them.
    const text = JSON.stringify([purpose, tenantId, recordId, format, expiresAt]);
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}
