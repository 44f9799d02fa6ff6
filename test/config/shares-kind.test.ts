import { expect } from 'chai';
import { ConfigRig } from '../support/config-rig.js';

const SECRETS = 'secrets: [a-secret-of-the-default-tenant]\n';

describe('placement.shares', () => {
  let rig: ConfigRig;
  beforeEach(() => {
    rig = new ConfigRig();
  });
  afterEach(() => {
    rig.remove();
  });

  function read(file: string, env: Record<string, string> = {}): Readonly<Record<string, number>> {
    return rig.load(SECRETS + file, env).config.placement.shares;
  }

  it('is empty unless it is given', () => {
    expect(read('')).to.deep.equal({});
    expect(read('placement: { shares: {} }')).to.deep.equal({});
  });

  it('is a mapping in the file', () => {
    expect(read('placement: { shares: { canary: 0.05, new: 1, "2.9=x": 0 } }')).to.deep.equal({
      canary: 0.05,
      new: 1,
      '2.9=x': 0,
    });
  });

  it('is a list of tag=part, or JSON, in the environment', () => {
    const expected = { canary: 0.05, 'a=b': 0.1 };
    expect(read('', { BALLAST_PLACEMENT_SHARES: 'canary=0.05, a=b=0.1' })).to.deep.equal(expected);
    expect(read('', { BALLAST_PLACEMENT_SHARES: '{"canary":0.05,"a=b":"0.1"}' })).to.deep.equal(expected);
    expect(read('', { BALLAST_PLACEMENT: '{"shares":{"canary":0.05,"a=b":0.1}}' })).to.deep.equal(expected);
  });

  for (const odd of [
    '{ canary: 1.5 }',
    '{ canary: -0.1 }',
    '{ canary: many }',
    '{ canary: }',
    '[canary]',
    '5',
    '{ "a b": 0.1 }',
    '["a=0.1", "a=0.2"]',
  ]) {
    it(`refuses ${odd}, and says what is allowed`, () => {
      const faults = rig.faults(`${SECRETS}placement: { shares: ${odd} }`);
      expect(faults).to.have.length(1);
      expect(faults[0]).to.match(/^placement\.shares.*parts from 0 to 1 by tag/);
    });
  }
});
