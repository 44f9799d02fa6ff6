import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { POLICY_NAMES } from '../../src/policy-names.js';
import { parseCluster } from '../../src/admin/cluster-document.js';
import { ClusterError } from '../../src/admin/cluster-faults.js';
import type { SecretSource } from '../../src/admin/cluster-secrets.js';

const REQUEST: SecretSource = { kind: 'request' };

function faultsOf(text: string, source: SecretSource = REQUEST): readonly string[] {
  try {
    parseCluster(text, source);
  } catch (error) {
    if (error instanceof ClusterError) return error.faults;
    throw error;
  }
  throw new Error('the document was accepted');
}

describe('parseCluster', () => {
  it('reads servers and tenants with their defaults', () => {
    const text = [
      '# the pool',
      'kind: Server',
      'id: bbb1',
      'url: https://bbb1.example.org/bigbluebutton/',
      'secret: s1',
      '---',
      'kind: Tenant',
      'id: school',
      'hosts: [BBB.School.example, bbb.school.example]',
      'secrets: [a, b]',
      'servers: { tags: [big] }',
      'parameters: { create: { force: { record: false, welcome: hi }, max: { maxParticipants: 50 }, drop: [logo] } }',
      '---',
    ].join('\n');
    const cluster = parseCluster(text, REQUEST);
    expect(cluster.servers).to.deep.equal([
      {
        id: 'bbb1',
        url: 'https://bbb1.example.org/bigbluebutton/api',
        secret: 's1',
        allowInsecureTls: false,
        loadMultiplier: 1,
        tags: [],
        adminState: undefined,
        metricsHost: undefined,
        limits: {},
        networkMbit: undefined,
      },
    ]);
    expect(cluster.tenants).to.deep.equal([
      {
        id: 'school',
        hosts: ['bbb.school.example'],
        secrets: ['a', 'b'],
        limits: {},
        serverTags: ['big'],
        parameters: {
          create: {
            default: {},
            force: { record: 'false', welcome: 'hi' },
            max: { maxParticipants: 50 },
            drop: ['logo'],
          },
        },
        policy: undefined,
      },
    ]);
  });

  it('reads the policy of a tenant, and names those there are', () => {
    const tenant = 'kind: Tenant\nid: school\nsecrets: [a]\npolicy: ';
    expect(parseCluster(`${tenant}round-robin`, REQUEST).tenants[0]?.policy).to.equal('round-robin');
    expect(faultsOf(`${tenant}random`)).to.deep.equal([
      `document 1 (Tenant school): policy: must be one of ${POLICY_NAMES.join(', ')}, given "random"`,
    ]);
  });

  it('reads how long recordings of a tenant are kept, and refuses what is no such time', () => {
    const tenant = 'kind: Tenant\nid: school\nsecrets: [a]\nrecordings: ';
    const [read] = parseCluster(`${tenant}{ keepFor: 90d }`, REQUEST).tenants;
    expect(read?.recordings).to.deep.equal({ keepForMs: 90 * 86_400_000 });
    for (const wrong of ['ever', '10s', '90']) {
      expect(faultsOf(`${tenant}{ keepFor: ${wrong} }`)[0], wrong).to.include('recordings.keepFor');
    }
    expect(faultsOf(`${tenant}{ keepfor: 90d }`)[0]).to.include('did you mean keepFor');
  });

  it('reads JSON: one object, a list, and the same as YAML', () => {
    const server = {
      kind: 'Server',
      id: 'bbb1',
      url: 'https://bbb1.example.org',
      secret: 's',
      state: 'cordoned',
    };
    const [one, list] = [server, [server]].map((value) => parseCluster(JSON.stringify(value), REQUEST));
    expect(one).to.deep.equal(list);
    expect(one?.servers[0]?.adminState).to.equal('cordoned');
  });

  it('names every fault at once, with document, id and key', () => {
    const text = [
      'kind: Server',
      'id: bbb1',
      'url: https://user:hunter2@bbb1.example.org',
      'secret: 12345678',
      'loadMultipler: 2',
      'limits: { cpuu: 3, cpu: 85 }',
      '---',
      'kind: Tenant',
      'id: a--b',
      'hosts: ["x:80"]',
      'parameters: { creat: {}, create: { defalt: {}, force: { meetingID: 1 }, max: { duration: x } } }',
      '---',
      'kind: Servr',
      '---',
      '- 5',
      '- { kind: Server, id: 7 }',
      '---',
      'a: [',
    ].join('\n');
    expect(faultsOf(text)).to.deep.equal([
      'document 1 (Server bbb1): url: must not hold a user name or password, given "https://***@bbb1.example.org"',
      'document 1 (Server bbb1): secret: must be a text (put it in quotes)',
      'document 1 (Server bbb1): limits.cpu: a ratio above 0, at most 1 (0.85 is 85 %), given 85',
      'document 1 (Server bbb1): limits.cpuu: unknown key, did you mean cpu?',
      'document 1 (Server bbb1): loadMultipler: unknown key, did you mean loadMultiplier?',
      'document 2 (Tenant a--b): id: must not hold "--", given "a--b"',
      'document 2 (Tenant a--b): hosts[0]: a host name without scheme, port or path, given "x:80"',
      'document 2 (Tenant a--b): parameters.create.force.meetingID: meetingID and checksum cannot be ruled',
      'document 2 (Tenant a--b): parameters.create.max.duration: must be a number, given "x"',
      'document 2 (Tenant a--b): parameters.create.defalt: unknown key, did you mean default?',
      'document 2 (Tenant a--b): parameters.creat: unknown key, did you mean create?',
      'document 3 (Servr): kind: must be Server or Tenant, did you mean Server?',
      'document 4, item 1: must be a mapping with kind: Server or kind: Tenant',
      'document 4, item 2 (Server 7): id: must be a text (put it in quotes), given 7',
      'document 4, item 2 (Server 7): url: is missing',
      'document 5: Flow sequence in block collection must be sufficiently indented and end with a ] at line 18, column 5',
    ]);
  });

  const server = (fields: string): string => `{ kind: Server, id: b, url: "https://b.example", ${fields} }`;
  const tenant = (id: string): string => `{ kind: Tenant, id: "${id}", secrets: [x] }`;
  const refused: readonly (readonly [string, string, string])[] = [
    [
      'a server without secret',
      server(''),
      'secret: is missing (`bbb-conf --secret` prints it on the server)',
    ],
    ['two kinds of secret', server('secret: a, secretFile: b'), 'secret: give either secret or secretFile'],
    [
      'an id of 65 characters',
      tenant('a'.repeat(65)),
      'id: 1 to 64 letters, digits, dots, underscores or hyphens',
    ],
    ['an id with a slash', tenant('a/b'), 'id: 1 to 64 letters, digits, dots, underscores or hyphens'],
    ['an id of two dots', tenant('..'), 'id: must not be "." or ".."'],
    ['a tenant id that ends with a hyphen', tenant('a-'), 'id: must not begin or end with "-"'],
    [
      'secrets of the default tenant',
      tenant('default'),
      'secrets: the default tenant has its secrets in the',
    ],
    ['a tenant without secrets', '{ kind: Tenant, id: t }', 'secrets: at least one is needed'],
    [
      'the share of a tag',
      server('secret: a, share: 0.05'),
      'share: unknown key, what part of the meetings a tag gets is the setting placement.shares',
    ],
    [
      'an unknown state',
      server('secret: a, state: drained'),
      'state: must be one of enabled, cordoned, disabled',
    ],
    ['a ${VAR} over HTTP', server('secret: "${HOME}"'), 'secret: ${HOME} is read only by `ballast apply`'],
    [
      'a secretFile over HTTP',
      server('secretFile: /etc/passwd'),
      'secretFile: a file of secrets is read only by',
    ],
  ];
  for (const [title, text, fault] of refused) {
    it(`refuses ${title}`, () => {
      const faults = faultsOf(text);
      expect(faults).to.have.length(1);
      expect(faults[0]).to.contain(`: ${fault}`);
    });
  }

  it('accepts rules of the default tenant without secrets', () => {
    const { tenants } = parseCluster('{ kind: Tenant, id: default, limits: { meetings: 5 } }', REQUEST);
    expect(tenants[0])
      .to.include({ id: 'default' })
      .and.to.deep.include({ secrets: [], limits: { meetings: 5 } });
  });

  it('refuses a bomb of aliases', () => {
    const lines = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      lines.push(
        `b${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(faultsOf(lines.join('\n'))).to.deep.equal(['document 1: too many aliases']);
  });

  it('asks for quotes around a secret that begins with *, without showing it', () => {
    const [fault] = faultsOf('{ kind: Server, id: b, url: "https://b.example", secret: *hush }');
    expect(fault).to.match(/^document 1: a text that begins with \* must be in quotes/);
    expect(fault).not.to.include('hush');
  });

  describe('applied from a file', () => {
    let directory: string;

    before(async () => {
      directory = await mkdtemp(join(tmpdir(), 'ballast-test-'));
      await writeFile(join(directory, 'bbb.secret'), 'from-file\n');
      await writeFile(join(directory, 'tenant.secrets'), '\none\n two \n');
    });

    after(async () => {
      await rm(directory, { recursive: true });
    });

    it('reads secrets from the environment and from files beside it', () => {
      const source: SecretSource = { kind: 'file', directory, env: { BBB_SECRET: 'from-env' } };
      const text = [
        server('secret: "${BBB_SECRET}"'),
        '{ kind: Server, id: c, url: "https://c.example", secretFile: bbb.secret }',
        '{ kind: Tenant, id: t, secrets: [zero], secretsFile: tenant.secrets }',
      ].join('\n---\n');
      const { servers, tenants } = parseCluster(text, source);
      expect(servers.map(({ secret }) => secret)).to.deep.equal(['from-env', 'from-file']);
      expect(tenants[0]?.secrets).to.deep.equal(['zero', 'one', 'two']);
    });

    it('names the variable or file that is missing', () => {
      const source: SecretSource = { kind: 'file', directory, env: {} };
      expect(faultsOf(server('secret: "${NOPE}"'), source)[0]).to.contain(
        'secret: the environment variable NOPE of ${NOPE} is not set',
      );
      expect(faultsOf(server('secretFile: nope'), source)[0]).to.contain(
        'secretFile: the file nope cannot be read: no such file',
      );
      expect(faultsOf(server('secretFile: tenant.secrets'), source)[0]).to.contain(
        'secretFile: the file tenant.secrets must hold one line',
      );
    });

    it('takes $${ for a plain ${', () => {
      const source: SecretSource = { kind: 'file', directory, env: {} };
      const { servers } = parseCluster(server('secret: "a$${b}"'), source);
      expect(servers[0]?.secret).to.equal('a${b}');
    });
  });

  it('answers any text with a cluster or a ClusterError', () => {
    const bits = fc.constantFrom(
      'kind: Server',
      'kind: Tenant',
      'id: a',
      '---',
      '- ',
      '{',
      '}',
      '[',
      '&a',
      '*a',
      '\n',
      ': ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(bits, fc.string({ maxLength: 6 })), { maxLength: 30 }), (parts) => {
        try {
          parseCluster(parts.join(''), REQUEST);
        } catch (error) {
          expect(error).to.be.instanceOf(ClusterError);
        }
      }),
    );
  });
});
