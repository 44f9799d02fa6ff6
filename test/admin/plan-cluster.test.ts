import { expect } from 'chai';
import fc from 'fast-check';
import type { ClusterDocument, WantedServer } from '../../src/admin/cluster-document.js';
import { ClusterError } from '../../src/admin/cluster-faults.js';
import type { ClusterState } from '../../src/admin/cluster-state.js';
import { type ClusterPlan, planCluster } from '../../src/admin/plan-cluster.js';
import type { ServerDefinition } from '../../src/pool/server.js';
import type { Tenant } from '../../src/tenants/tenant.js';

function wanted(id: string, changes: Partial<WantedServer> = {}): WantedServer {
  return {
    id,
    url: `https://${id}.example/bigbluebutton/api`,
    secret: 'server-secret',
    allowInsecureTls: false,
    loadMultiplier: 1,
    tags: [],
    adminState: undefined,
    metricsHost: undefined,
    limits: {},
    networkMbit: undefined,
    ...changes,
  };
}

function present(id: string, changes: Partial<ServerDefinition> = {}): ServerDefinition {
  return { ...wanted(id), adminState: 'enabled', isDraining: false, ...changes };
}

function tenant(id: string, changes: Partial<Tenant> = {}): Tenant {
  return {
    id,
    hosts: [],
    secrets: ['tenant-secret'],
    limits: {},
    serverTags: [],
    parameters: {},
    ...changes,
  };
}

function state(
  servers: readonly ServerDefinition[],
  tenants: readonly Tenant[] = [tenant('default')],
  running: Readonly<Record<string, number>> = {},
): ClusterState {
  return {
    servers,
    tenants,
    meetingsOn: (id) => running[id] ?? 0,
    meetingsOf: (id) => running[id] ?? 0,
    isAdminToken: (text) => text === 'admin-token',
  };
}

function shown(plan: ClusterPlan): string[] {
  return plan.changes.map(({ kind, id, action, detail }) => `${action} ${kind} ${id}: ${detail}`);
}

/** What the state is after the steps were taken. */
function after(plan: ClusterPlan, before: ClusterState): ClusterState {
  const servers = new Map(before.servers.map((server) => [server.id, server]));
  const tenants = new Map(before.tenants.map((row) => [row.id, row]));
  for (const step of plan.steps) {
    if (step.kind === 'save-server') servers.set(step.server.id, step.server);
    else if (step.kind === 'save-tenant') tenants.set(step.tenant.id, step.tenant);
    else if (step.kind === 'remove-server') servers.delete(step.id);
    else if (step.id === 'default') tenants.set('default', tenant('default'));
    else tenants.delete(step.id);
  }
  return { ...before, servers: [...servers.values()], tenants: [...tenants.values()] };
}

describe('planCluster', () => {
  it('creates, updates and says what is unchanged', () => {
    const plan = planCluster(
      {
        servers: [wanted('new'), wanted('same'), wanted('other', { loadMultiplier: 2, secret: 'rolled' })],
        tenants: [tenant('t', { hosts: ['t.example'] })],
      },
      state([present('same'), present('other')]),
      false,
    );
    expect(shown(plan)).to.deep.equal([
      'create Server new: enabled, https://new.example/bigbluebutton/api',
      'unchanged Server same: ',
      'update Server other: secret: *** → ***; loadMultiplier: 1 → 2',
      'create Tenant t: t.example',
    ]);
  });

  it("keeps an operator's cordon and drain where the document gives no state", () => {
    const now = state([present('a', { adminState: 'cordoned', isDraining: true })]);
    expect(planCluster({ servers: [wanted('a')], tenants: [] }, now, false).steps).to.deep.equal([]);
    const moved = planCluster({ servers: [wanted('a', { tags: ['x'] })], tenants: [] }, now, false);
    expect(moved.steps[0])
      .to.have.property('server')
      .that.includes({ adminState: 'cordoned', isDraining: true });
  });

  it('obeys a state that is given', () => {
    const now = state([present('a', { adminState: 'cordoned', isDraining: true })]);
    const plan = planCluster({ servers: [wanted('a', { adminState: 'enabled' })], tenants: [] }, now, false);
    expect(plan.changes[0]?.detail).to.equal('adminState: "cordoned" → "enabled"; isDraining: true → false');
  });

  it('removes what is not listed only when pruning, and cordons a server that has meetings', () => {
    const now = state(
      [present('busy'), present('idle'), present('closed', { adminState: 'cordoned' })],
      [tenant('default', { limits: { meetings: 3 } }), tenant('t')],
      { busy: 2, closed: 1, t: 2 },
    );
    expect(planCluster({ servers: [], tenants: [] }, now, false).changes).to.deep.equal([]);
    const plan = planCluster({ servers: [], tenants: [] }, now, true);
    expect(shown(plan)).to.deep.equal([
      'cordon Server busy: not listed, but 2 meetings there: apply again once ended',
      'remove Server idle: not listed',
      'unchanged Server closed: not listed, but 1 meeting there: apply again once ended',
      'remove Tenant default: not listed: without hosts, limits, tags and rules again',
      'remove Tenant t: not listed; 2 meetings can no longer be reached',
    ]);
    expect(after(plan, now).servers.map(({ id, adminState }) => `${id} ${adminState}`)).to.deep.equal([
      'busy cordoned',
      'closed cordoned',
    ]);
  });

  it("leaves the default tenant's secrets to the configuration", () => {
    const now = state([]);
    const same = planCluster({ servers: [], tenants: [tenant('default', { secrets: [] })] }, now, false);
    expect(same.changes[0]?.action).to.equal('unchanged');
  });

  const contradictions: readonly (readonly [string, ClusterDocument, string])[] = [
    [
      'an id given twice',
      { servers: [wanted('a'), wanted('a')], tenants: [] },
      'Server a: this id is given twice',
    ],
    [
      'one URL for two servers',
      { servers: [wanted('x'), wanted('y', { url: wanted('x').url })], tenants: [] },
      'Server y: server x has the same URL https://x.example/bigbluebutton/api',
    ],
    [
      'the URL of a server that stays',
      { servers: [wanted('x', { url: wanted('old').url })], tenants: [] },
      'Server x: server old has the same URL https://old.example/bigbluebutton/api',
    ],
    [
      'one host for two tenants',
      { servers: [], tenants: [tenant('t', { hosts: ['h'] }), tenant('u', { hosts: ['h'] })] },
      'Tenant u: tenant t has the same host h',
    ],
    [
      'an admin token as the secret of a tenant',
      { servers: [], tenants: [tenant('t', { secrets: ['ok', 'admin-token'] })] },
      'Tenant t: secrets: one of them is an admin token; make a secret of its own',
    ],
  ];
  for (const [title, document, fault] of contradictions) {
    it(`refuses ${title}`, () => {
      expect(() => planCluster(document, state([present('old')]), false)).to.throw(ClusterError, fault);
    });
  }

  it('lets a server take over the URL of one that is pruned', () => {
    const document = { servers: [wanted('x', { url: wanted('old').url })], tenants: [] };
    const plan = planCluster(document, state([present('old')]), true);
    expect(plan.changes.map(({ action }) => action)).to.deep.equal(['create', 'remove']);
  });

  it('has nothing left to do when applied again, whatever was there', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const adminState = fc.constantFrom('enabled' as const, 'cordoned' as const, 'disabled' as const);
    const wants = fc.uniqueArray(
      fc.tuple(id, fc.option(adminState, { nil: undefined }), fc.integer({ min: 1, max: 3 })),
      { selector: ([name]) => name },
    );
    const haves = fc.uniqueArray(fc.tuple(id, adminState, fc.boolean()), { selector: ([name]) => name });
    const running = fc.dictionary(id, fc.integer({ min: 0, max: 2 }));
    fc.assert(
      fc.property(wants, haves, running, fc.boolean(), (wantedRows, haveRows, counts, prune) => {
        const document = {
          servers: wantedRows.map(([name, adminState, loadMultiplier]) =>
            wanted(name, { adminState, loadMultiplier }),
          ),
          tenants: [tenant('t')],
        };
        const before = state(
          haveRows.map(([name, adminState, drains]) =>
            present(name, { adminState, isDraining: drains && adminState === 'cordoned' }),
          ),
          [tenant('default'), tenant('gone')],
          counts,
        );
        const now = after(planCluster(document, before, prune), before);
        const again = planCluster(document, now, prune);
        expect(again.steps).to.deep.equal([]);
        expect(again.changes.every(({ action }) => action === 'unchanged')).to.equal(true);
        for (const [name, count] of Object.entries(counts)) {
          // Nothing with meetings on it ever goes.
          if (count > 0 && haveRows.some(([have]) => have === name)) {
            expect(now.servers.some((server) => server.id === name)).to.equal(true);
          }
        }
      }),
    );
  });
});
