import { freeLoopbackPort, isFreeLoopbackPort } from '../rig/loopback-port.js';
import type { ComposeProject } from './compose-project.js';

/** Ports that services without a published one listen on, inside the compose network. */
const INNER_PORTS: readonly (readonly [RegExp, number])[] = [
  [/^bbb\d+$/, 8090],
  [/^sim-traffic$/, 8095],
];

/** Where each `service:port` of the compose network is on 127.0.0.1, when the services run without Docker. */
export class LoopbackAddresses {
  readonly #ports: ReadonlyMap<string, number>;

  private constructor(ports: ReadonlyMap<string, number>) {
    this.#ports = ports;
  }

  /** Chooses the ports: the published ones where that is wanted and they are free, else any free one. */
  static async choose(project: ComposeProject, wantsPublished: boolean): Promise<LoopbackAddresses> {
    const ports = new Map<string, number>();
    for (const [name, { ports: published }] of Object.entries(project.services)) {
      for (const { target, published: outer } of published) {
        const isWanted = wantsPublished && (await isFreeLoopbackPort(Number(outer)));
        ports.set(
          `${name}:${target}`,
          isWanted ? Number(outer) : await freeLoopbackPort([...ports.values()]),
        );
      }
      for (const [pattern, inner] of INNER_PORTS) {
        if (pattern.test(name)) ports.set(`${name}:${inner}`, await freeLoopbackPort([...ports.values()]));
      }
    }
    return new LoopbackAddresses(ports);
  }

  /** The port on 127.0.0.1 that stands for this one of the service. Throws for an unknown one. */
  port(service: string, inner: number): number {
    const port = this.#ports.get(`${service}:${inner}`);
    if (port === undefined) throw new Error(`${service} has no port ${inner}`);
    return port;
  }

  /** The port that the service itself is to listen on instead of `inner`. */
  url(service: string, inner: number): string {
    return `http://127.0.0.1:${this.port(service, inner)}`;
  }

  /** The text with every `service:port` replaced. */
  rewrite(text: string): string {
    return text.replace(/\b([a-z][a-z0-9-]*:\d{2,5})\b/g, (address: string) => {
      const port = this.#ports.get(address);
      return port === undefined ? address : `127.0.0.1:${port}`;
    });
  }
}
