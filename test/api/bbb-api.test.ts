import { expect } from 'chai';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { BbbApi } from '../../src/api/bbb-api.js';
import type { CallDefinition } from '../../src/api/call-definition.js';
import type { ApiCallEvent } from '../../src/api/call-event.js';
import { clientAddresses } from '../../src/api/client-address.js';
import { FailedChecksums } from '../../src/api/failed-checksums.js';
import { checksumOf } from '../../src/sim/checksum.js';
import { TenantDirectory } from '../../src/tenants/tenant-directory.js';
import { until } from '../support/app-rig.js';
import { MemoryTenantStore } from '../support/memory-tenant-store.js';
import { RecordingLogger } from '../support/recording-logger.js';

const SECRET = 'api-secret';

describe('BbbApi', () => {
  let server: Server;
  let api: BbbApi;
  let logger: RecordingLogger;
  let events: ApiCallEvent[];
  let handle: CallDefinition['handle'];
  let onCall: (event: ApiCallEvent) => void;

  beforeEach(async () => {
    logger = new RecordingLogger();
    events = [];
    onCall = (event) => events.push(event);
    const create: CallDefinition = {
      name: 'create',
      methods: ['GET', 'POST'],
      body: 'xml-or-form',
      refusal: 'xml',
      handle: (call) => handle(call),
    };
    api = new BbbApi({
      calls: new Map([['create', create]]),
      tenants: await TenantDirectory.load(new MemoryTenantStore(), [SECRET]),
      addresses: clientAddresses(false),
      failedChecksums: new FailedChecksums(100),
      algorithms: ['sha256'],
      allowUnsignedForms: false,
      body: { maxBytes: 4_000_000, spoolBytes: 1_000, spoolDirectory: tmpdir() },
      logger,
      onCall: (event) => {
        onCall(event);
      },
    });
    server = createServer((incoming, response) => {
      api.handle(incoming, response, 'r1');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function send(method: 'GET' | 'POST', headers = {}): ReturnType<typeof request> {
    const query = 'meetingID=m1';
    const path = `/bigbluebutton/api/create?${query}&checksum=${checksumOf('sha256', 'create', query, SECRET)}`;
    const { port } = server.address() as AddressInfo;
    const client = request({ host: '127.0.0.1', port, path, method, headers });
    client.on('error', () => undefined);
    client.on('response', (response) => response.resume());
    return client;
  }

  it('counts and logs a fault of its own also where nobody waits for the answer any more', async () => {
    const client = send('GET');
    handle = async ({ request: incoming }) => {
      client.destroy();
      await until('the client is gone', () => incoming.socket.destroyed);
      throw new Error('the store is locked');
    };
    client.end();
    await until('it was counted', () => events.length > 0);
    expect(events[0]).to.include({ call: 'create', outcome: 'error', messageKey: 'internalError' });
    expect(logger.lines).to.deep.equal(['error call failed']);
    expect(api.inFlight).to.equal(0);
  });

  for (const [what, sent] of [
    ['a body in memory', 500],
    ['a body on its way to a file', 200_000],
  ] as const) {
    it(`does not count a client that broke off ${what} as its own fault`, async () => {
      const client = send('POST', { 'content-type': 'text/xml', 'content-length': 3_000_000 });
      await new Promise((resolve) => client.write('x'.repeat(sent), resolve));
      await until('it arrived', () => api.inFlight === 1);
      client.destroy();
      await until('it was counted', () => events.length > 0);
      expect(events[0]).to.include({ outcome: 'refused', messageKey: 'clientGone' });
      expect(logger.lines).to.deep.equal(['debug the client went away']);
    });
  }

  it('has nothing in flight after an answer whose count failed', async () => {
    handle = () => ({ body: '<response/>' });
    onCall = () => {
      throw new Error('the registry is broken');
    };
    send('GET').end();
    await until('it is logged', () => logger.lines.length > 0);
    expect(logger.lines).to.deep.equal(['error call could not be counted']);
    expect(api.inFlight).to.equal(0);
  });
});
