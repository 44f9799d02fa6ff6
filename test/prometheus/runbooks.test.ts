import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { CREATE_FAILURES } from '../../src/meetings/placement-observer.js';
import { FakeTerminal } from '../support/fake-terminal.js';
import { readSources } from '../support/imports.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/runbooks.md`, 'utf8');

function found(pattern: RegExp, text = page): readonly string[] {
  return [...new Set(Array.from(text.matchAll(pattern), ([, group = '']) => group))];
}

describe('docs/runbooks.md', () => {
  const commands = [
    ...found(/`(ballast [^`]+)`/g),
    ...found(/^(ballast [^#\n]*)/gm).map((line) => line.trim()),
  ];

  it('names commands', () => {
    expect(commands).to.include('ballast server list').and.to.include('ballast server drain bbb1');
  });

  for (const command of commands) {
    it(`gives a command line that is right: ${command}`, async () => {
      // Nobody listens on port 1: what is right fails there with 1, wrong usage ends with 2.
      const env = { BALLAST_URL: 'http://127.0.0.1:1', BALLAST_TOKEN: 'no-token' };
      const terminal = new FakeTerminal(root, { env });
      const code = await terminal.run(command.split(' ').slice(1));
      expect(terminal.complained, command).to.not.equal('');
      expect(code, terminal.complained).to.equal(1);
    });
  }

  it('names panels that the dashboards have', () => {
    const panels = new Set(
      readdirSync(`${root}grafana/dashboards`).flatMap((file) => {
        const text = readFileSync(`${root}grafana/dashboards/${file}`, 'utf8');
        const { title, panels: own } = JSON.parse(text) as Dashboard;
        return own
          .flatMap((panel) => [panel, ...(panel.panels ?? [])])
          .map((panel) => {
            return `${title.replace('Ballast / ', '')}: ${panel.title ?? ''}`;
          });
      }),
    );
    const named = found(/(?<!\*)\*([A-Z][A-Za-z ]+: [^*]+)\*(?!\*)/g);
    expect(named).to.include('Pool: Head-room');
    expect(named.filter((name) => !panels.has(name))).to.deep.equal([]);
  });

  it('quotes log lines that are written', () => {
    const sources = [...readSources(root, ['src']).values()].join('\n');
    const written = found(/logger\.(?:info|warn|error)\(\s*['`]([^'`]+)['`]/g, sources).map((text) =>
      text.split(/\$\{[^}]+\}/).map((part) => part.replaceAll(/[^\w ]/g, '\\$&')),
    );
    const patterns = written.map((parts) => new RegExp(`^${parts.join('.+')}$`));
    const quoted = found(/[Ll]og lines? `([^`]+)`/g);
    expect(quoted).to.have.length.above(5);
    for (const line of quoted) {
      // "unstable" is followed by what it means, which nobody needs to type.
      const isWritten = patterns.some(
        (pattern) => pattern.test(line) || pattern.test(`${line}, it gets no new meetings: …`),
      );
      expect(isWritten, line).to.equal(true);
    }
  });

  it('explains every reason for which creates fail', () => {
    const counted = CREATE_FAILURES.filter(
      (reason) => !['relayed', 'rejected', 'tenant-limit', 'server-failing'].includes(reason),
    );
    const [, section = ''] = page.split('### BallastCreatesFailing');
    for (const reason of counted) expect(section).to.include(`\`${reason}\``);
  });

  it('has no link of its own into nothing', () => {
    const anchors = found(/^##+ (.+)$/gm).map((heading) => heading.toLowerCase());
    for (const anchor of found(/\]\(#([^)]+)\)/g)) expect(anchors).to.include(anchor);
  });
});

interface Dashboard {
  readonly title: string;
  readonly panels: readonly {
    readonly title?: string;
    readonly panels?: readonly { readonly title?: string }[];
  }[];
}
