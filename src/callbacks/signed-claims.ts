import { errors, jwtVerify, type JWTPayload } from 'jose';

const ALGORITHMS = ['HS256', 'HS384', 'HS512'];
/** Clocks of servers and of Ballast. */
const TOLERANCE_SECONDS = 60;
/** JWTs of BBB have some hundred characters. */
const LONGEST_JWT = 8_192;

/** A server that may have signed. */
export interface Signer {
  readonly id: string;
  readonly secret: string;
}

/** What a server signed. */
export interface SignedClaims {
  readonly claims: JWTPayload;
  /** Servers with the secret it is signed with: one, unless servers share a secret. */
  readonly serverIds: readonly string[];
}

/** Reads a JWT that one of the servers signed with its secret, the likely ones first; `undefined` for any other. */
export async function signedClaims(
  jwt: string,
  servers: readonly Signer[],
  options: { readonly mustExpire: boolean },
): Promise<SignedClaims | undefined> {
  if (jwt === '' || jwt.length > LONGEST_JWT) return undefined;
  const bySecret = new Map<string, string[]>();
  for (const { id, secret } of servers) bySecret.set(secret, [...(bySecret.get(secret) ?? []), id]);
  for (const [secret, serverIds] of bySecret) {
    const verdict = await verify(jwt, secret, options.mustExpire);
    if (verdict === 'other-key') continue;
    return verdict === undefined ? undefined : { claims: verdict, serverIds };
  }
  return undefined;
}

async function verify(
  jwt: string,
  secret: string,
  mustExpire: boolean,
): Promise<JWTPayload | 'other-key' | undefined> {
  try {
    const { payload } = await jwtVerify(jwt, Buffer.from(secret, 'utf8'), {
      algorithms: ALGORITHMS,
      clockTolerance: TOLERANCE_SECONDS,
      requiredClaims: mustExpire ? ['exp'] : [],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return 'other-key';
    // Malformed, another algorithm, expired: no other secret makes it good.
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
