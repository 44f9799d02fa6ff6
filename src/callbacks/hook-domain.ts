import { hostname } from 'node:os';

const NO_NAME = /^(?:0\.0\.0\.0|127\.\d+\.\d+\.\d+|::1?|\[::1?\]|localhost)$/;

export interface OwnNames {
  readonly publicUrl: string | undefined;
  /** The address to listen on. */
  readonly listenHost: string;
}

/** The host that events of webhooks name as theirs: where front ends know this Ballast, never an address that is everybody's own. */
export function hookDomain({ publicUrl, listenHost }: OwnNames, tenantHosts: readonly string[]): string {
  const [first] = tenantHosts;
  if (first !== undefined) return first;
  if (publicUrl !== undefined) return new URL(publicUrl).hostname;
  return NO_NAME.test(listenHost) ? hostname() : listenHost;
}
