import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { writtenEnvExample, writtenReadme } from '../../src/cli/written-documents.js';
import { envName, listSettings } from '../../src/config/setting.js';
import { settings } from '../../src/config/settings.js';
import { ConfigRig } from '../support/config-rig.js';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const ADVICE = 'run: node --import tsx scripts/write-settings.mjs';

describe('the table of settings', () => {
  const all = listSettings(settings);

  it('names each key and each variable once', () => {
    expect(new Set(all.map(({ key }) => key)).size).to.equal(all.length);
    expect(new Set(all.map(({ key }) => envName(key))).size).to.equal(all.length);
  });

  it('derives variables as documented', () => {
    expect(envName('poll.offlineAfter')).to.equal('BALLAST_POLL_OFFLINE_AFTER');
    expect(envName('publicUrl')).to.equal('BALLAST_PUBLIC_URL');
    expect(envName('placement.defaultMeetingSize')).to.equal('BALLAST_PLACEMENT_DEFAULT_MEETING_SIZE');
  });

  it('has fallbacks that its own schemas take, given as variables too', () => {
    const rig = new ConfigRig();
    const env = writtenEnvExample().matchAll(/^#(BALLAST_\w+)=(.+)$/gm);
    const given = Object.fromEntries([...env].map(([, name = '', value = '']) => [name, value]));
    const secrets = { BALLAST_SECRETS: 'a-secret-of-the-default-tenant' };
    const fromEnv = rig.load(undefined, { ...secrets, ...given }).config;
    expect({ ...fromEnv, adminListen: undefined }).to.deep.equal(rig.load(undefined, secrets).config);
    rig.remove();
  });

  it('is what the README says, and so are the commands', () => {
    expect(read('README.md') === writtenReadme(read('README.md')), ADVICE).to.equal(true);
  });

  it('is what .env.example says', () => {
    expect(read('.env.example') === writtenEnvExample(), ADVICE).to.equal(true);
  });
});
