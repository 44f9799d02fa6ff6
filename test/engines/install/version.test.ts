import { expect } from 'chai';
import fc from 'fast-check';
import { isVersionEnough, readVersion } from './version.js';

describe('readVersion', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['InfluxDB v2.7.12 (git: ec9dcde5d6) build_date: 2025-05-20T22:48:48Z', '2.7.12'],
    ['InfluxDB v1.6.7~rc0 (git: unknown unknown)', '1.6.7'],
    ['Telegraf 1.37.2 (git: HEAD@b7a8a8d4)', '1.37.2'],
    ['prometheus, version 2.42.0+ds (branch: debian/sid)\n  go version:       go1.19.8', '2.42.0'],
    ['node_exporter, version 1.5.0 (branch: debian/sid)', '1.5.0'],
    ['v3.0.1', '3.0.1'],
    ['nginx version: nginx/1.22.1', '1.22.1'],
    ['InfluxDB dev (git: none) build_date: 2026-11-21T12:00:00Z', undefined],
    ['go version go1.26.8 linux/amd64', undefined],
    ['listens on 127.0.0.1:8086', undefined],
    ['', undefined],
  ];
  for (const [output, version] of cases) {
    it(`reads ${version ?? 'nothing'} from "${output.split('\n')[0] ?? ''}"`, () => {
      expect(readVersion(output)).to.equal(version);
    });
  }
});

describe('isVersionEnough', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['2.7.12', '2.7.12', true],
    ['2.8.0', '2.7.12', true],
    ['2.7.13', '2.7.12', true],
    ['2.7.9', '2.7.12', false],
    ['2.6.99', '2.7.12', false],
    ['1.6.7', '2.7.12', false],
    ['3.0.0', '2.7.12', false],
    ['2.53.3', '2.42.0', true],
  ];
  for (const [found, wanted, isEnough] of cases) {
    it(`takes ${found} for ${wanted}: ${String(isEnough)}`, () => {
      expect(isVersionEnough(found, wanted)).to.equal(isEnough);
    });
  }

  it('takes two versions for each other only when they are the same', () => {
    const version = fc.tuple(fc.nat(3), fc.nat(30), fc.nat(30)).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, version, (one, other) => {
        expect(isVersionEnough(one, one)).to.equal(true);
        expect(isVersionEnough(one, other) && isVersionEnough(other, one)).to.equal(one === other);
      }),
    );
  });
});
