import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ListenerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly handle: RequestListener;
  /** Told when it could not listen again by itself. */
  readonly onLost: (error: unknown) => void;
}

/** A socket that can refuse connections for a while and comes back on the same port. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  #port = 0;
  #heal: NodeJS.Timeout | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer({ maxHeaderSize: 128 * 1024, keepAliveTimeout: 60_000 }, options.handle);
  }

  /** 0 before it has listened. */
  get port(): number {
    return this.#port;
  }

  get isListening(): boolean {
    return this.#server.listening;
  }

  /** Listens: the first time, and again after `refuse`. */
  async accept(): Promise<void> {
    clearTimeout(this.#heal);
    if (this.#server.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port || this.#options.port, this.#options.host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Listens again after so long, unless it is told before. */
  acceptIn(ms: number): void {
    clearTimeout(this.#heal);
    this.#heal = setTimeout(() => {
      this.accept().catch(this.#options.onLost);
    }, ms);
  }

  /** Listens no more and breaks every connection. */
  async refuse(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  /** Refuses for good. */
  async stop(): Promise<void> {
    clearTimeout(this.#heal);
    await this.refuse();
  }
}
