import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { SignJWT, UnsecuredJWT } from 'jose';
import { signedClaims } from '../../src/callbacks/signed-claims.js';

const SERVERS = [
  { id: 'bbb1', secret: 'one' },
  { id: 'bbb2', secret: 'shared' },
  { id: 'bbb3', secret: 'shared' },
];
const CLAIMS = { meeting_id: 'room', record_id: 'x-1' };

describe('signedClaims', () => {
  const sign = (secret: string, alg = 'HS256', expiry?: number): Promise<string> => {
    const jwt = new SignJWT(CLAIMS).setProtectedHeader({ typ: 'JWT', alg });
    return (expiry === undefined ? jwt : jwt.setExpirationTime(expiry)).sign(Buffer.from(secret));
  };
  const read = (jwt: string, mustExpire = false) => signedClaims(jwt, SERVERS, { mustExpire });
  const now = (): number => Math.floor(Date.now() / 1000);

  it('tells which servers can have signed', async () => {
    expect(await read(await sign('one'))).to.deep.equal({ claims: CLAIMS, serverIds: ['bbb1'] });
    expect((await read(await sign('shared', 'HS512')))?.serverIds).to.deep.equal(['bbb2', 'bbb3']);
  });

  it('reads the example of the documentation', async () => {
    const jwt =
      'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJtZWV0aW5nX2lkIjoiYWJjMTIzIiwicmVjb3JkX2lkIjoiNjM2N2M0OGRkMTkzZDU2' +
      'ZWE3YjBiYWFkMjViMTk0NTVlNTI5ZjVlZS0xNTMxMTU1ODA5NjEzIn0.m7NgTVcv3Gb811bAmDt-FAr6CeXk_w6jGMx_UFHAUOE';
    const servers = [{ id: 'bbb', secret: '639259d4-9dd8-4b25-bf01-95f9567eaf4b' }];
    expect((await signedClaims(jwt, servers, { mustExpire: false }))?.claims.meeting_id).to.equal('abc123');
  });

  it('knows no other signature, none at all, and no other algorithm', async () => {
    const good = await sign('one');
    const [head = '', payload = '', signature = ''] = good.split('.');
    const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const hostile = [
      await sign('another'),
      new UnsecuredJWT(CLAIMS).encode(),
      `${encoded({ alg: 'none' })}.${payload}.`,
      `${encoded({ alg: 'None' })}.${payload}.${signature}`,
      `${encoded({ alg: 'RS256' })}.${payload}.${signature}`,
      `${encoded({ alg: 'HS256', crit: ['b64'], b64: false })}.${payload}.${signature}`,
      `${head}.${encoded({ ...CLAIMS, record_id: 'y' })}.${signature}`,
      `${head}.${payload}.`,
      `${head}.${payload}`,
      '',
      'a.b.c',
      `${head}.${payload}.${createHmac('sha256', '').update(`${head}.${payload}`).digest('base64url')}`,
      `${good}${'x'.repeat(9_000)}`,
    ];
    for (const jwt of hostile) expect(await read(jwt), jwt.slice(0, 60)).to.equal(undefined);
  });

  it('wants what expires not to have, a minute of clocks apart', async () => {
    expect(await read(await sign('one', 'HS512', now() - 50), true)).not.to.equal(undefined);
    expect(await read(await sign('one', 'HS512', now() - 70), true)).to.equal(undefined);
    expect(await read(await sign('one', 'HS512'), true)).to.equal(undefined);
    expect(await read(await sign('one', 'HS512', now() - 70))).to.equal(undefined);
  });
});
