import { type ExportEntry, exportLines, readEntries } from './read-export.js';

/** A tenant as Scalelite has it. */
export interface ScaleliteTenant {
  readonly fields: ExportEntry;
  /** What its creates and joins are given. */
  readonly settings: readonly TenantSetting[];
}

/** A parameter of a tenant's creates and joins. */
export interface TenantSetting {
  readonly parameter: string;
  readonly value: string;
  /** Whether it replaces what the front end gives. */
  readonly isForced: boolean;
}

interface Block {
  readonly kind: 'tenant' | 'setting';
  readonly owner: string;
  readonly fields: Record<string, string>;
}

/**
 * Reads what `rake tenants` prints (earlier `rake tenants:showall`), with that of `rake tenantSettings` behind it where
 * there are any, or the JSON of `GET /scalelite/api/getTenants`. Throws CliError.
 */
export function readTenants(text: string): readonly ScaleliteTenant[] {
  const lines = exportLines(text);
  const isPrinted = lines.some(isPrintedLine);
  const blocks = isPrinted ? readBlocks(lines) : [];
  const tenants = isPrinted
    ? blocks.filter(({ kind }) => kind === 'tenant').map(({ fields }) => fields)
    : readEntries(text, 'tenants');
  return tenants.map((fields) => ({
    fields,
    settings: blocks
      .filter(({ kind, owner }) => kind === 'setting' && owner === fields.name)
      .map(({ fields: { param = '', value = '', override } }) => ({
        parameter: param,
        value,
        isForced: override === 'true',
      })),
  }));
}

/** Whether a text is what the tasks for tenants print; the plain list of servers has lines of `id:` as well. */
export function isPrintedTenants(text: string): boolean {
  const lines = exportLines(text);
  return lines.some(isPrintedLine) && !lines.some((line) => /^\s+url: /.test(line));
}

function isPrintedLine(line: string): boolean {
  return /^(id: |TenantID,|Tenant: |Total number of tenants)/.test(line);
}

function readBlocks(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = [];
  let owner = '';
  let isTable = false;
  for (const line of lines) {
    const settingsOf = /^Tenant: (.*)$/.exec(line)?.[1];
    const row = isTable ? /^([^,]+), ([^,]*), (.*)$/.exec(line) : null;
    const field = /^(\s*)(\w+): (.*)$/.exec(line);
    if (settingsOf !== undefined) owner = settingsOf;
    else if (line.startsWith('TenantID, Name, Secrets')) isTable = true;
    else if (row) {
      const [, id = '', name = '', secrets = ''] = row;
      blocks.push({ kind: 'tenant', owner: '', fields: { id, name, secrets } });
    } else if (field) {
      const [, indent = '', name = '', value = ''] = field;
      if (name === 'id') blocks.push({ kind: indent === '' ? 'tenant' : 'setting', owner, fields: {} });
      const block = blocks.at(-1);
      if (block) block.fields[name] = value;
    }
  }
  return blocks;
}
