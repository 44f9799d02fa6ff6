import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAX_BYTES = 400_000;
const WIDTH = 1_280;
const PNG_SIGNATURE = '89504e470d0a1a0a';

function names(folder: string, extension: string): string[] {
  return readdirSync(`${ROOT}${folder}`)
    .filter((name) => name.endsWith(extension))
    .map((name) => name.slice(0, -extension.length))
    .sort();
}

describe('docs/screens', () => {
  const pictures = names('docs/screens', '.png');

  it('has a picture of the demo and of each dashboard, and no other', () => {
    expect(pictures).to.deep.equal([...names('grafana/dashboards', '.json'), 'demo'].sort());
  });

  it('holds pictures that are 1280 px wide and under 400 kB', () => {
    for (const name of pictures) {
      const png = readFileSync(`${ROOT}docs/screens/${name}.png`);
      expect(png.subarray(0, 8).toString('hex'), name).to.equal(PNG_SIGNATURE);
      expect(png.readUInt32BE(16), `width of ${name}`).to.equal(WIDTH);
      expect(png.length, `bytes of ${name}`).to.be.below(MAX_BYTES);
    }
  });

  it('is shown in the README, each picture with words for those who do not see it', () => {
    const readme = readFileSync(`${ROOT}README.md`, 'utf8');
    const shown = [...readme.matchAll(/!\[([^\]]*)\]\(docs\/screens\/([\w-]+)\.png\)/g)];
    expect(shown.map(([, , name]) => name).sort()).to.deep.equal(pictures);
    for (const [, words = '', name] of shown) expect(words.length, name).to.be.above(20);
  });

  it('is called what it is: not the picture of a Grafana server', () => {
    const readme = readFileSync(`${ROOT}README.md`, 'utf8');
    expect(readme).to.include(
      "drawn from the dashboard's JSON with Grafana's panel components, not by a Grafana server",
    );
  });
});
