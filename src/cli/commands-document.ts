import type { Command } from 'commander';

/** Every command with its options, as the table of the README. */
export function commandsMarkdown(program: Command): string {
  const rows = leaves(program, '').map(({ path, command }) => {
    const words = command.registeredArguments.map((argument) =>
      argument.required ? argument.name().toUpperCase().replaceAll('-', '_') : `[${argument.name()}]`,
    );
    const options = command.options.map((option) => `\`${option.flags}\` ${option.description}`);
    const text = [command.description(), ...options].join('; ').replaceAll('|', '\\|');
    return `| \`${['ballast', path, ...words].join(' ')}\` | ${text} |`;
  });
  return ['| command | what it does |', '| --- | --- |', ...rows, ''].join('\n');
}

function leaves(command: Command, path: string): readonly { path: string; command: Command }[] {
  return command.commands.flatMap((child) => {
    const full = path === '' ? child.name() : `${path} ${child.name()}`;
    return child.commands.length === 0 ? [{ path: full, command: child }] : leaves(child, full);
  });
}
