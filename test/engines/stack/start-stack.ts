import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { lazyPrograms } from '../../../src/cli/programs.js';
import { FakeTerminal } from '../../support/fake-terminal.js';
import { type ComposeProject, readComposeProject } from './compose-project.js';
import { launchOf } from './launch-service.js';
import { LoopbackAddresses } from './loopback-addresses.js';
import { NativeService } from './native-service.js';
import { layOutService } from './service-root.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** What docker-compose.yml takes from the repository. */
const TAKEN = ['docker-compose.yml', 'Dockerfile', 'prometheus', 'grafana', 'telegraf'];
/** Grafana cannot be had as a package: its data sources answer, and nobody shows them. */
const NOT_HERE = new Set(['grafana']);

export interface StackOptions {
  /** Added to the environment of a service, by its name; `BALLAST_POLL_INTERVAL` and the like. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  /** The ports that Compose would publish, where they are free; else any. */
  readonly wantsPublishedPorts?: boolean | undefined;
  /** Told each service as it is ready. */
  readonly onReady?: ((service: string) => void) | undefined;
}

/** The services of docker-compose.yml with the profile demo, as processes of this machine. */
export interface Stack {
  readonly project: ComposeProject;
  /** What `ballast init --compose --demo` wrote into `.env`. */
  readonly env: Readonly<Record<string, string>>;
  /** Files, as the containers see them, in which addresses were replaced; every other mounted file is the very same. */
  readonly rewritten: readonly string[];
  /** Its URL on this machine, by name and port inside the compose network. */
  url(service: string, port: number): string;
  service(name: string): NativeService;
  /** Ends everything and removes all data. */
  stop(): Promise<void>;
}

/** Writes what `ballast init --compose --demo` writes, and starts what Compose would. Nothing is left running when it throws. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'ballast-stack-'));
  const services = new Map<string, NativeService>();
  // Each process is ended with this one: a listener for each of them.
  process.setMaxListeners(Math.max(process.getMaxListeners(), 40));
  const stop = async (): Promise<void> => {
    // Who asks others ends first, so that nobody complains.
    for (const name of ['sim-traffic', 'telegraf', 'prometheus', 'ballast']) await services.get(name)?.stop();
    await Promise.all([...services.values()].map((service) => service.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await initialise(folder);
    const project = await readComposeProject(folder);
    const addresses = await LoopbackAddresses.choose(project, options.wantsPublishedPorts === true);
    const rewritten: string[] = [];
    for (const [name, service] of Object.entries(project.services)) {
      if (NOT_HERE.has(name)) continue;
      const root = await layOutService(join(folder, 'run', name), service, (text) => addresses.rewrite(text));
      rewritten.push(...root.rewritten.map((file) => `${name}:${file}`));
      const env = options.env?.[name] ?? {};
      services.set(name, new NativeService(name, await launchOf({ name, service, root, addresses, env })));
    }
    await startInOrder(project, services, options.onReady);
    return {
      project,
      env: readVariables(await readFile(join(folder, '.env'), 'utf8')),
      rewritten: rewritten.sort(),
      url: (service, port) => addresses.url(service, port),
      service: (name) => {
        const found = services.get(name);
        if (found === undefined) throw new Error(`the stack has no service ${name}`);
        return found;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A folder that looks like a checkout in which `ballast init --compose --demo` was run. */
async function initialise(folder: string): Promise<void> {
  for (const name of TAKEN) await symlink(join(ROOT, name), join(folder, name));
  const terminal = new FakeTerminal(folder);
  const code = await terminal.run(['init', '--compose', '--demo'], lazyPrograms());
  if (code !== 0) throw new Error(`ballast init --compose --demo: ${terminal.complained}`);
}

/** Starts each service once those it depends on are ready. */
async function startInOrder(
  { services: described }: ComposeProject,
  services: ReadonlyMap<string, NativeService>,
  onReady: StackOptions['onReady'],
): Promise<void> {
  const starting = new Map<string, Promise<void>>();
  const start = (name: string): Promise<void> => {
    const known = starting.get(name);
    if (known !== undefined) return known;
    const run = async (): Promise<void> => {
      await Promise.all(Object.keys(described[name]?.depends_on ?? {}).map(start));
      await services.get(name)?.start();
      onReady?.(name);
    };
    const begun = run();
    starting.set(name, begun);
    return begun;
  };
  const results = await Promise.allSettled([...services.keys()].map(start));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function readVariables(text: string): Readonly<Record<string, string>> {
  const set = Object.entries(parseEnv(text)).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(set);
}
