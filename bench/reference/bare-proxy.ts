/**
 * The least a balancer must do, with node:http and undici alone: check the checksum, sign anew for one server,
 * relay the answer; a join is a signed 302. What Ballast adds to this is what it costs.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { checkCall, signCall, splitUrl } from './signed-call.js';

/** Where the one server is, and the two secrets. */
export interface BareProxyOptions {
  readonly target: string;
  readonly frontSecret: string;
  readonly serverSecret: string;
}

const options = JSON.parse(process.argv[2] ?? '{}') as BareProxyOptions;
const pool = new Pool(options.target, { connections: 64, pipelining: 1 });

const http = createServer({ keepAliveTimeout: 120_000 }, (req, res) => {
  const { call, query } = splitUrl(req.url ?? '');
  const plain = checkCall(call, query, options.frontSecret);
  if (plain === undefined) {
    res.writeHead(200, { 'content-type': 'text/xml;charset=utf-8' }).end('<response/>');
    return;
  }
  const path = `/bigbluebutton/api/${call}?${signCall(call, plain, options.serverSecret)}`;
  if (call === 'join') {
    res.writeHead(302, { location: `${options.target}${path}`, 'content-length': 0 }).end();
    return;
  }
  pool
    .request({ path, method: 'GET' })
    .then(async ({ headers, body }) => {
      const bytes = Buffer.from(await body.arrayBuffer());
      res.writeHead(200, { 'content-type': headers['content-type'], 'content-length': bytes.length });
      res.end(bytes);
    })
    .catch(() => res.writeHead(502).end());
});
http.listen(0, '127.0.0.1', 1024, () => process.send?.({ ports: [(http.address() as AddressInfo).port] }));
process.on('disconnect', () => process.exit(0));
