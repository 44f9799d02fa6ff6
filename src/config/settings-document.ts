import { envName, listSettings, type Setting } from './setting.js';
import { settings } from './settings.js';

/** The settings as the table of the README. */
export function settingsMarkdown(): string {
  const rows = listSettings(settings).map((setting) => {
    const notes = [setting.doc];
    if (setting.required !== undefined) notes.push(`${capitalised(setting.required)}.`);
    if (setting.isSecret) notes.push(`Secret; \`${setting.key}File\` reads it from a file.`);
    const text = plainDefault(setting);
    const cells = [`\`${setting.key}\``, text === '' ? '–' : `\`${text}\``, setting.allowed, notes.join(' ')];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return ['| key | default | allowed | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

/** The settings as an `.env.example`: every variable commented out, with its default. */
export function envExample(): string {
  const blocks = listSettings(settings).map((setting) => {
    const name = envName(setting.key);
    const form = { text: '', list: ' A comma list.', json: ' JSON.' }[setting.form];
    const file = setting.isSecret ? ` Or ${name}_FILE=path of a file that holds it.` : '';
    const text = plainDefault(setting);
    const note = `${setting.doc}${form}${file}`.replaceAll('`', '');
    return `# ${note}\n#${name}=${text}\n`;
  });
  return `# Every setting as an environment variable; it wins over the file. Written from the table of settings.\n\n${blocks.join('\n')}`;
}

function plainDefault({ fallback }: Setting<unknown>): string {
  return fallback === undefined ? '' : String(fallback);
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
