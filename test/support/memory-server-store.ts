import type { ServerDefinition, ServerStore } from '../../src/pool/server.js';

/** Servers in memory; `failWith` makes the next writes fail. */
export class MemoryServerStore implements ServerStore {
  readonly servers: Map<string, ServerDefinition>;
  failWith: Error | undefined;

  constructor(servers: readonly ServerDefinition[] = []) {
    this.servers = new Map(servers.map((server) => [server.id, server]));
  }

  async listServers(): Promise<readonly ServerDefinition[]> {
    return [...this.servers.values()];
  }

  async saveServer(server: ServerDefinition): Promise<void> {
    if (this.failWith !== undefined) throw this.failWith;
    this.servers.set(server.id, server);
  }

  async removeServer(id: string): Promise<void> {
    if (this.failWith !== undefined) throw this.failWith;
    this.servers.delete(id);
  }
}
