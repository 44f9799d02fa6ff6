import { expect } from 'chai';
import { ENGINES } from './engines.js';
import { isGoEnough, missingTools, pickToolchain, type Probe } from './toolchain.js';

describe('pickToolchain', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    [
      'the default of several',
      'stable-x86_64-unknown-linux-gnu\nnightly-x86_64-unknown-linux-gnu (active, default)\n',
      'nightly-x86_64-unknown-linux-gnu',
    ],
    [
      'the default of an older rustup',
      '1.80-x86_64-unknown-linux-gnu\nstable-x86_64-unknown-linux-gnu (default)\n',
      'stable-x86_64-unknown-linux-gnu',
    ],
    [
      'a stable one where none is the default',
      '1.80-x86_64-unknown-linux-gnu\nstable-x86_64-unknown-linux-gnu\n',
      'stable-x86_64-unknown-linux-gnu',
    ],
    ['the only one', '1.95.0-aarch64-unknown-linux-gnu\n', '1.95.0-aarch64-unknown-linux-gnu'],
    ['none where none is installed', 'no installed toolchains\n', undefined],
    ['none without rustup', '', undefined],
  ];
  for (const [title, list, expected] of cases) {
    it(`picks ${title}`, () => {
      expect(pickToolchain(list)).to.equal(expected);
    });
  }
});

describe('isGoEnough', () => {
  for (const [text, isEnough] of [
    ['go version go1.26.8 linux/amd64', true],
    ['go version go1.24 linux/amd64', true],
    ['go version go1.19.8 linux/amd64', false],
    ['go version go2.0 linux/amd64', true],
    ['bash: go: command not found', false],
  ] as const) {
    it(`says ${String(isEnough)} to "${text}"`, () => {
      expect(isGoEnough(text)).to.equal(isEnough);
    });
  }
});

describe('missingTools', () => {
  function machineWith(...commands: readonly string[]): Probe {
    return async (command) => {
      if (!commands.includes(command)) throw new Error(`${command} cannot be run`);
      return command === 'go' ? 'go version go1.26.8 linux/amd64' : '';
    };
  }

  it('has no complaint where everything is there', async () => {
    expect(
      await missingTools(ENGINES, machineWith('go', 'cargo', 'cc', 'apt-get', 'dpkg-deb')),
    ).to.deep.equal([]);
  });

  it('names each tool that is missing, with what to do', async () => {
    const faults = await missingTools(ENGINES, machineWith());
    expect(faults).to.have.lengthOf(4);
    expect(faults.join('\n')).to.match(
      /apt-get.*\nGo 1\.24 or later.*found: none\n.*rustup.*\n.*apt-get install gcc/,
    );
  });

  it('asks only for what those engines need', async () => {
    const debian = ENGINES.filter(({ recipe }) => recipe.kind === 'debian');
    expect(await missingTools(debian, machineWith('apt-get', 'dpkg-deb'))).to.deep.equal([]);
    const telegraf = ENGINES.filter(({ name }) => name === 'telegraf');
    expect(await missingTools(telegraf, machineWith('go'))).to.deep.equal([]);
  });
});
