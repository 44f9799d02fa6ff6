import { randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer, type Server } from 'node:https';
import { expect } from 'chai';
import { BbbClient } from '../../src/bbb/client.js';
import type { ServerAddress } from '../../src/bbb/server-address.js';
import { silentLogger } from '../../src/log.js';
import { listen, listenHttp, type ListeningServer } from '../support/bbb-sockets.js';

const XML = '<response><returncode>SUCCESS</returncode></response>';
const [key, valid, expired] = ['key.pem', 'cert.pem', 'expired-cert.pem'].map((file) =>
  readFileSync(new URL(`../support/tls/${file}`, import.meta.url), 'utf8'),
) as [string, string, string];
const request = { call: 'getMeetings', query: '', timeoutMs: 2000 };

function endOf(cert: string): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

describe('BbbClient.certificateExpiryOf', () => {
  let tls: Server;
  let server: ListeningServer;
  let client: BbbClient;

  async function serve(cert: string): Promise<ServerAddress> {
    tls = createTlsServer({ key, cert }, (_, response) => response.end(XML));
    server = await listen(tls, 'https');
    return server.address;
  }

  beforeEach(() => {
    client = new BbbClient({ logger: silentLogger, caFile: valid });
  });

  afterEach(async () => {
    await client.close();
    await server.close();
  });

  it('tells when the certificate of a trusted server ends', async () => {
    const address = await serve(valid);
    expect(client.certificateExpiryOf('bbb1')).to.equal(undefined);
    await client.call(address, request);
    expect(client.certificateExpiryOf('bbb1')).to.equal(endOf(valid));
    client.forget('bbb1');
    expect(client.certificateExpiryOf('bbb1')).to.equal(undefined);
  });

  it('tells that of an expired one as well, where it is accepted', async () => {
    const address = await serve(expired);
    await client.call({ ...address, allowInsecureTls: true }, request);
    expect(client.certificateExpiryOf('bbb1')).to.equal(endOf(expired));
    expect(client.certificateExpiryOf('bbb1')).to.be.lessThan(Date.now());
  });

  it('knows nothing of an expired one that is refused', async () => {
    const address = await serve(expired);
    const failure: unknown = await client.call(address, request).catch((error: unknown) => error);
    expect(failure).to.include({ reason: 'tls' });
    expect(client.certificateExpiryOf('bbb1')).to.equal(undefined);
  });

  it('tells that of a renewed one from the next connection on', async () => {
    const address = { ...(await serve(expired)), allowInsecureTls: true };
    await client.call(address, request);
    tls.setSecureContext({ key, cert: valid });
    tls.closeAllConnections();
    await client.call(address, request);
    expect(client.certificateExpiryOf('bbb1')).to.equal(endOf(valid));
  });

  it('tells that of a renewed one also where the server still takes older sessions up', async () => {
    const address = { ...(await serve(expired)), allowInsecureTls: true };
    const ticketKeys = randomBytes(48);
    tls.setSecureContext({ key, cert: expired, ticketKeys });
    await client.call(address, request);
    tls.setSecureContext({ key, cert: valid, ticketKeys });
    tls.closeAllConnections();
    await client.call(address, request);
    expect(client.certificateExpiryOf('bbb1')).to.equal(endOf(valid));
  });

  it('sees a renewed one behind a connection that is never closed, once that is old', async () => {
    await client.close();
    client = new BbbClient({ logger: silentLogger, caFile: valid, connections: 1, connectionLifeMs: 1 });
    const address = { ...(await serve(expired)), allowInsecureTls: true };
    await client.call(address, request);
    tls.setSecureContext({ key, cert: valid });
    const renewedAt = Date.now();
    while (client.certificateExpiryOf('bbb1') !== endOf(valid) && Date.now() < renewedAt + 2_000)
      await client.call(address, request);
    expect(client.certificateExpiryOf('bbb1')).to.equal(endOf(valid));
  });

  it('tells nothing of a server without TLS', async () => {
    server = await listenHttp((_, response) => response.end(XML));
    await client.call(server.address, request);
    expect(client.certificateExpiryOf('bbb1')).to.equal(undefined);
  });
});
