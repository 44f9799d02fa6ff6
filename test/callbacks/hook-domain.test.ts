import { hostname } from 'node:os';
import { expect } from 'chai';
import { hookDomain } from '../../src/callbacks/hook-domain.js';

const URL = 'https://bbb.example.org:8443/x';

describe('the host that events of webhooks name', () => {
  for (const [publicUrl, listenHost, tenantHosts, expected] of [
    [URL, '0.0.0.0', ['acme.example.org', 'b.example.org'], 'acme.example.org'],
    [URL, '0.0.0.0', [], 'bbb.example.org'],
    [undefined, '10.0.0.5', [], '10.0.0.5'],
    [undefined, '0.0.0.0', [], hostname()],
    [undefined, '127.0.0.1', [], hostname()],
    [undefined, '::', [], hostname()],
    [undefined, '::1', [], hostname()],
  ] as const) {
    it(`is ${expected} at ${publicUrl ?? listenHost} for a tenant with ${tenantHosts.length} hosts`, () => {
      expect(hookDomain({ publicUrl, listenHost }, tenantHosts)).to.equal(expected);
    });
  }
});
