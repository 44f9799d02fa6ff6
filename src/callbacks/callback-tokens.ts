import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const ID_BYTES = 9;
const MAC_BYTES = 15;
const ID_CHARACTERS = (ID_BYTES / 3) * 4;
const TOKEN = /^[A-Za-z0-9_-]{32}$/;

/** What a token begins with, be it one of ours or not. */
export function givenId(token: string): string {
  return token.slice(0, ID_CHARACTERS);
}

/**
 * Tokens of Ballast's own callback URLs: an ID and what only the holder of the key can add to it (HMAC-SHA256, 120 bits).
 * The ID alone is kept and may be shown; a guessed token is told from a true one without asking the store.
 */
export class CallbackTokens {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** A fresh ID, 12 characters. */
  newId(): string {
    return randomBytes(ID_BYTES).toString('base64url');
  }

  /** The token of an ID: 32 characters `A-Za-z0-9_-`. */
  tokenOf(id: string): string {
    return id + this.#mac(id);
  }

  /** The ID of a token of ours; `undefined` for any other text. */
  idOf(token: string): string | undefined {
    if (!TOKEN.test(token)) return undefined;
    const id = givenId(token);
    const given = Buffer.from(token.slice(ID_CHARACTERS), 'latin1');
    return timingSafeEqual(given, Buffer.from(this.#mac(id), 'latin1')) ? id : undefined;
  }

  #mac(id: string): string {
    const mac = createHmac('sha256', this.#key).update(id).digest();
    return mac.subarray(0, MAC_BYTES).toString('base64url');
  }
}
