import { expect } from 'chai';
import fc from 'fast-check';
import { POLICY_NAMES } from '../../src/policy-names.js';
import { ConfigRig } from '../support/config-rig.js';

const SECRET = 'a-secret-of-the-default-tenant';
const MINIMAL = `secrets: [${SECRET}]\n`;

describe('a faulty configuration', () => {
  let rig: ConfigRig;
  beforeEach(() => {
    rig = new ConfigRig();
  });
  afterEach(() => {
    rig.remove();
  });

  it('is told all its faults at once: key, value, origin and what is allowed', () => {
    const text = `
secrets: [${SECRET}]
listen: { port: 70000 }
poll: { interval: 10, offlineAfter: none }
placement: { policy: random, limits: { cpu: 85 } }
tls: { caFile: missing.pem }
`;
    expect(rig.faults(text, { BALLAST_METRICS_REFRESH: '900ms', BALLAST_LOG_FORMAT: 'xml' })).to.deep.equal([
      'listen.port: given 70000 (file DIR/ballast.yaml); allowed: a whole number from 0 to 65535',
      'poll.interval: given 10 (file DIR/ballast.yaml); allowed: a duration from 1s to 20d, such as "10s"',
      'poll.offlineAfter: given "none" (file DIR/ballast.yaml); allowed: a whole number from 1 to 1000',
      'metrics.refresh: given "900ms" (environment BALLAST_METRICS_REFRESH); allowed: a duration from 1s to 20d, such as "10s"',
      `placement.policy: given "random" (file DIR/ballast.yaml); allowed: one of ${POLICY_NAMES.join(', ')}`,
      'placement.limits.cpu: given 85 (file DIR/ballast.yaml); allowed: a number above 0, up to 1',
      'log.format: given "xml" (environment BALLAST_LOG_FORMAT); allowed: one of json, text',
      'tls.caFile: given missing.pem (file DIR/ballast.yaml); it cannot be read: no such file',
    ]);
  });

  const single: readonly (readonly [string, string, RegExp])[] = [
    [
      'names the nearest key for an unknown one',
      'pol: { interval: 1s }',
      /^pol: .*no such key; did you mean poll\?$/,
    ],
    [
      'names the nearest key of the same section',
      'poll: { offline: 3 }',
      /did you mean poll\.offlineAfter\?$/,
    ],
    [
      'finds a key put at the wrong place',
      'interval: 5s',
      /^interval: given "5s" .*did you mean poll\.interval\?$/,
    ],
    [
      'wants an address for recordings that Ballast keeps',
      'recordings: { mode: archive }',
      /^publicUrl: .*say where recordings are played/,
    ],
    [
      'wants a whole path for what nginx sends itself',
      'recordings: { accelRedirect: foo }',
      /^recordings\.accelRedirect: given "foo" .*a path such as \/ballast-recordings$/,
    ],
    [
      'refuses a root for what nginx sends itself',
      'recordings: { accelRedirect: / }',
      /^recordings\.accelRedirect: /,
    ],
    [
      'refuses a path that leads up',
      'recordings: { accelRedirect: /a/../b }',
      /^recordings\.accelRedirect: /,
    ],
    [
      'hides the value of a misspelt secret',
      'secrts: [hush]',
      /^secrts: given \*\*\* .*did you mean secrets\?$/,
    ],
    [
      'refuses a section that is no mapping',
      'poll: 10s',
      /^poll: given "10s".*a mapping with the keys interval/,
    ],
    ['refuses a secret that YAML reads as a number', 'metrics: { ingest: { tokens: [12] } }', /in quotes/],
    [
      'asks for the source that was chosen',
      'metrics: { source: prometheus }',
      /^metrics\.prometheus: nothing given/,
    ],
    [
      'asks for what an incomplete source lacks',
      'metrics: { influxql: { url: http://x } }',
      /influxql\.database/,
    ],
    [
      'refuses a network that is none',
      'trustProxy: [10.0.0.0/33]',
      /^trustProxy: given \["10\.0\.0\.0\/33"\]/,
    ],
    [
      'refuses a variable that is not set',
      'publicUrl: "${NOWHERE}"',
      /variable NOWHERE of \$\{NOWHERE\} is not set/,
    ],
    ['hides the password of a URL', 'publicUrl: ftp://me:hush@host', /given "ftp:\/\/\*\*\*@host"/],
  ];
  for (const [title, text, pattern] of single) {
    it(title, () => {
      const faults = rig.faults(`${MINIMAL}${text}`);
      expect(faults).to.have.length(1);
      expect(faults[0]).to.match(pattern);
      expect(faults[0]).not.to.include('hush');
    });
  }

  it('is sent to `ballast init` when there is no secret at all', () => {
    expect(rig.faults('listen: { port: 0 }')).to.deep.equal([
      'secrets: nothing given (default); at least one secret is needed: `ballast init` writes a configuration with a fresh one',
    ]);
    expect(rig.faults('secrets: []')[0]).to.match(/^secrets: given \*\*\*/);
  });

  it('may not have an admin token that equals a secret or another token', () => {
    const token = (value: string): string => `{ name: x, token: ${value}, scope: read }`;
    const tokens = [token(SECRET), token('twice-twice-twice-twice'), token('twice-twice-twice-twice')].join(
      ', ',
    );
    const faults = rig.faults(`${MINIMAL}admin: { tokens: [ ${tokens} ] }`);
    expect(faults).to.have.length(2);
    expect(faults[0]).to.match(/^admin\.tokens\[0\]\.token: given \*\*\*.*equals a secret/);
    expect(faults[1]).to.match(/^admin\.tokens\[2\]\.token: .*equals the token of admin\.tokens\[1\]/);
  });

  it('is told which key of which admin token is wrong', () => {
    const faults = rig.faults(`${MINIMAL}admin: { tokens: [ { nam: x, token: "a b", scope: root } ] }`);
    expect(faults).to.have.length(4);
    expect(faults.join('\n')).to.match(/tokens\[0\]\.scope: .*one of read, operate, admin/);
    expect(faults.join('\n')).to.match(/unknown is "nam" \(did you mean name\?\)/);
  });

  it('is told of a misspelt variable', () => {
    const faults = rig.faults(MINIMAL, { BALLAST_POLL_INTERVALL: '5s' });
    expect(faults[0]).to.match(/^BALLAST_POLL_INTERVALL: .*did you mean BALLAST_POLL_INTERVAL\?$/);
  });

  it('may not give a secret both as a value and as a file', () => {
    expect(rig.faults(`${MINIMAL}secretsFile: x`)[0]).to.match(/^secretsFile: .*give secrets only once/);
    const env = { BALLAST_SECRETS: SECRET, BALLAST_SECRETS_FILE: 'x' };
    expect(rig.faults(undefined, env)[0]).to.include('only once');
  });

  it('is told when its file is missing, no mapping or no YAML', () => {
    expect(() => rig.load('[1, 2]')).to.throw(/one mapping of keys/);
    expect(() => rig.load('a: [1\nb: "')).to.throw(/no valid YAML.*line/);
    expect(() => rig.load(`${MINIMAL}secrets: [again]`)).to.throw(/no valid YAML/);
  });

  it('is told of a secret that needs quotes, without the secret', () => {
    expect(rig.faults('secrets: [*hush]').join()).to.match(/begins with \* must be in quotes/);
    for (const text of ['secrets: [*hush]', 'secrets: hush: hush', 'secrets: "hush" hush', '- hush\n}hush']) {
      expect(rig.faults(text).join('\n').replace('DIR/ballast.yaml', '')).not.to.include('hush');
    }
  });

  it('may not have both listeners on one address', () => {
    const faults = rig.faults(`${MINIMAL}listen: { port: 8090 }\nadminListen: { port: 8090 }`);
    expect(faults).to.deep.equal([
      'adminListen.port: given 8090 (file DIR/ballast.yaml); it is the address of listen: give it a port of its own, or leave adminListen out',
    ]);
    expect(rig.load(`${MINIMAL}listen: { port: 0 }\nadminListen: { port: 0 }`).config.listen.port).to.equal(
      0,
    );
  });

  it('never throws anything but faults, and never shows a secret, whatever the file holds', () => {
    const keys = fc.constantFrom('secrets', 'poll', 'admin', 'tokens', 'store', 'listen', '__proto__', 'x');
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>(null, true, 0, -1, 1e300, '', 'hush-hush', '${', '${X}'),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(keys, tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(value, (secret) => {
        const text = JSON.stringify({ secrets: secret, admin: { tokens: secret }, store: secret });
        expect(rig.faults(text).join('\n')).not.to.include('hush-hush');
      }),
      { numRuns: 100 },
    );
  });
});
