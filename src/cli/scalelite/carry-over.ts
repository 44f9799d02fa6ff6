import { stringify } from 'yaml';
import { parseCluster } from '../../admin/cluster-document.js';
import { carryServers } from './carry-servers.js';
import { carryTenants } from './carry-tenants.js';
import { mixedUp, readEntries } from './read-export.js';
import { isPrintedTenants, readTenants } from './read-tenants.js';

/** What Scalelite printed. */
export interface ScaleliteExport {
  readonly servers: string;
  readonly tenants?: string | undefined;
  /** Its URL_HOST. */
  readonly urlHost?: string | undefined;
}

/** A cluster file made of an export. */
export interface ScaleliteCluster {
  readonly text: string;
  readonly servers: number;
  readonly tenants: number;
  readonly leftOut: readonly string[];
  readonly notes: readonly string[];
}

const HEADER = `# Made by \`ballast import-scalelite\`. It holds secrets: keep it readable by its owner only.
# ballast apply FILE --dry-run prints what it would change.
`;

/** Makes the text of a cluster file. Throws CliError where an export cannot be read. */
export function carryOver({ servers: text, tenants: printed, urlHost }: ScaleliteExport): ScaleliteCluster {
  if (isPrintedTenants(text)) throw mixedUp('servers');
  const servers = carryServers(readEntries(text, 'servers'));
  const tenants = carryTenants(printed === undefined ? [] : readTenants(printed), urlHost);
  const documents = [...servers.documents, ...tenants.documents];
  const cluster = `${HEADER}${documents.map((document) => `---\n${stringify(document)}`).join('')}`;
  // A fault here is ours: what cannot be in it was left out.
  parseCluster(cluster, { kind: 'request' });
  return {
    text: cluster,
    servers: servers.documents.length,
    tenants: tenants.documents.length,
    leftOut: [...servers.leftOut, ...tenants.leftOut],
    notes: [
      ...servers.notes,
      ...tenants.notes,
      ...(printed === undefined
        ? ['LOADBALANCER_SECRET and LOADBALANCER_SECRETS belong in "secrets" of ballast.yaml.']
        : ['Meetings and recordings of Scalelite carry its own mark of a tenant; see docs/scalelite.md.']),
    ],
  };
}
