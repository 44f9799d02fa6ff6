import { expect } from 'chai';
import { coloursByName, coloursOfFaults, type ColourRules } from '../src/palette.js';
import { loadGrafanaData } from '../src/checks/registries.js';

const { stringToJsRegex } = loadGrafanaData();

/** The colours that Grafana's matcher gives a name, in the order of the rules; the last one holds. */
function coloursOf(name: string, rules: ColourRules): readonly unknown[] {
  return rules
    .filter(({ regexp }) => stringToJsRegex(regexp).test(name))
    .map(({ properties }) => (properties[0]?.value as { fixedColor: string }).fixedColor);
}

describe('the colours by name', () => {
  const rules = coloursByName();
  const SAME_ENDS: readonly ((n: number) => string)[] = [
    (n) => `bbb${n}`,
    (n) => `bbb${n}.example.org`,
    (n) => `bbb${n}.dc1.example.org`,
    (n) => `bbb0${n}-eu`,
    (n) => `eu1-bbb${n}`,
    (n) => `ballast-${n}:8081`,
    (n) => `10.0.0.${n}`,
  ];

  for (const nameOf of SAME_ENDS) {
    it(`tell eight servers apart that are called like ${nameOf(1)}`, () => {
      const colours = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => coloursOf(nameOf(n), rules)[0]);
      expect(new Set(colours).size).to.equal(8);
    });
  }

  it('give each name exactly one, with and without numbers, in small and capital letters', () => {
    for (const name of ['bbb1', 'BBB1.EU', 'alpha', 'Beta', 'create', 'a.b1', 'b2.a', '2xx', 'x-0', '17']) {
      expect(coloursOf(name, rules), name).to.have.lengthOf(1);
    }
  });

  it('are by the last character where the first part of a name has no number', () => {
    expect(coloursOf('alpha', rules)).to.deep.equal(coloursOf('omega', rules));
    expect(coloursOf('alpha', rules)).not.to.deep.equal(coloursOf('alphb', rules));
  });

  it('give a fault never the colour of what is well', () => {
    const well = coloursOf('success1', rules);
    for (const cause of ['refused', 'timeout', 'reset', 'tls', 'notBbb', 'offline', 'ended', 'copy']) {
      const [colour, ...others] = coloursOf(`bbb1: ${cause}`, coloursOfFaults());
      expect(others, cause).to.deep.equal([]);
      expect(colour, cause).to.be.a('string').and.not.equal(well[0]);
    }
  });
});
