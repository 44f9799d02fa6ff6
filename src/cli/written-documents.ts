import { envExample, settingsMarkdown } from '../config/settings-document.js';
import { commandsMarkdown } from './commands-document.js';
import { composeEnvExample } from './compose-variables.js';
import { createProgram } from './program.js';

/** The README with its tables of settings and commands as the code has them now. Throws when a marker is missing. */
export function writtenReadme(readme: string): string {
  const program = createProgram({
    terminal: {
      env: {},
      cwd: '.',
      out: () => undefined,
      err: () => undefined,
      isColoured: false,
      readStdin: () => Promise.resolve(''),
      onStopSignal: () => () => undefined,
    },
    programs: {
      startApp: unused,
      runDemo: unused,
      runSimServers: unused,
      runSimTraffic: unused,
      runDoctor: unused,
      loadSimulator: unused,
      readRecordedDay: unused,
    },
    isJson: () => false,
    connect: () => unused,
    exitWith: () => undefined,
  });
  return between(between(readme, 'settings', settingsMarkdown()), 'commands', commandsMarkdown(program));
}

/** The `.env.example` as the code has it now. */
export function writtenEnvExample(): string {
  return `${envExample()}${composeEnvExample()}`;
}

function between(text: string, name: string, content: string): string {
  const begin = `<!-- ${name}:begin -->\n`;
  const end = `<!-- ${name}:end -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`the README has no markers ${begin.trim()} and ${end}`);
  return `${text.slice(0, from)}${begin}${content}${text.slice(to)}`;
}

function unused(): Promise<never> {
  return Promise.reject(new Error('the program is only described'));
}
