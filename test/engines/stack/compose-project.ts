import { z } from 'zod';
import { runCommand } from '../install/run-command.js';
import { requireEngine } from '../rig/engine-server.js';

const TIMEOUT_MS = 30_000;

const mount = z.object({ type: z.enum(['bind', 'volume']), source: z.string(), target: z.string() });
const port = z.object({ host_ip: z.string().optional(), target: z.int(), published: z.string() });

const service = z.object({
  image: z.string(),
  command: z.array(z.string()).nullish(),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  volumes: z.array(mount).default([]),
  ports: z.array(port).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }).optional(),
  restart: z.string().optional(),
  init: z.boolean().optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  mem_limit: z.string().optional(),
  profiles: z.array(z.string()).default([]),
});

const project = z.object({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.unknown()),
});

/** One service of docker-compose.yml, every variable filled in. */
export type ComposeService = z.output<typeof service>;

/** docker-compose.yml as Docker understands it: checked against the specification, anchors and variables resolved. */
export type ComposeProject = z.output<typeof project>;

/**
 * Reads `folder/docker-compose.yml` with `folder/.env`, by the library that `docker compose` reads it with. Throws with its
 * words when it does not conform to the specification, or a variable is missing.
 */
export async function readComposeProject(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ComposeProject> {
  const { path } = await requireEngine('compose-config');
  const command = { command: path, args: ['docker-compose.yml'], cwd: folder, env, timeoutMs: TIMEOUT_MS };
  return project.parse(JSON.parse(await runCommand(command)));
}
