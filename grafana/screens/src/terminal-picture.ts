import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { WIDTH } from './photograph.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const COLUMNS = 146;
const ESCAPE = '\u001b';
/** The picture is drawn in place: up, to the left, and clear. */
const REDRAW = new RegExp(`${ESCAPE}\\[\\d+A\r${ESCAPE}\\[J`);
const STYLE = new RegExp(`${ESCAPE}\\[([\\d;]*)m`);
/** The demo's server dies after half a minute, for a quarter of one; it counts as offline when some polls have failed. */
const OFFLINE = /^\S*bbb\d +offline/m;
const WATCHED_MS = 90_000;
const STEP_MS = 250;
/** For its meetings to be opened anew elsewhere. */
const AFTER_MS = 4_000;
const STOPPED_MS = 10_000;

/** The select-graphic-rendition codes that the demo uses, as CSS: bold, dim, red, green, yellow. */
const STYLES: Readonly<Record<string, string>> = {
  '1': 'font-weight:700',
  '2': 'opacity:.6',
  '31': 'color:#f2495c',
  '32': 'color:#73bf69',
  '33': 'color:#f2cc0c',
};

/** Runs `ballast demo` on a terminal and gives the last picture it drew while its server was down, with colour codes. */
export async function watchDemo(): Promise<string> {
  // `script` is what gives it a terminal.
  const command = `stty cols ${String(COLUMNS)} rows 50; exec node --import tsx src/main.ts demo`;
  const child = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
    cwd: ROOT,
    env: { ...process.env, TERM: 'xterm-256color', FORCE_COLOR: '1', NO_COLOR: undefined },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject).once('close', () => {
      resolve();
    });
  });
  const deadline = Date.now() + WATCHED_MS;
  while (!OFFLINE.test(output) && Date.now() < deadline) await Promise.race([delay(STEP_MS), ended]);
  await delay(AFTER_MS);
  // As a person ends it: the terminal makes a signal of Ctrl-C.
  child.stdin.write('\u0003');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOPPED_MS);
  await ended;
  clearTimeout(timer);
  const picture = output.split(REDRAW).at(-1)?.replaceAll('\r', '');
  if (picture?.includes('What happened') !== true) throw new Error(`the demo drew no picture: ${output}`);
  return `$ npm run demo\n\n${picture.replace('^C', '').trimEnd()}`;
}

/** Text with colour codes as HTML that looks like a terminal. */
export function terminalHtml(text: string): string {
  const parts = text.split(STYLE);
  const styles = new Set<string>();
  const spans = parts.map((part, index) => {
    if (index % 2 === 0) return `<span style="${[...styles].join(';')}">${escaped(part)}</span>`;
    for (const code of part.split(';')) {
      const style = STYLES[code];
      if (style !== undefined) styles.add(style);
      else if (code === '22') dropAll(styles, ['1', '2']);
      else if (code === '39') dropAll(styles, ['31', '32', '33']);
      else if (code === '0' || code === '') styles.clear();
      else throw new Error(`the terminal code ${code} has no colour here`);
    }
    return '';
  });
  const look = `margin:0;padding:20px 24px;width:${String(WIDTH - 48)}px;background:#111217;color:#ccccdc`;
  return `<pre style="${look};font:14px/1.5 'DejaVu Sans Mono',monospace">${spans.join('')}</pre>`;
}

function dropAll(styles: Set<string>, codes: readonly string[]): void {
  for (const code of codes) styles.delete(STYLES[code] ?? '');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
