import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../log.js';
import { expositionFormat } from './exposition-format.js';
import { EXPOSITION_TYPES, type ExpositionFormat } from './exposition.js';

/** What the probes ask. */
export interface ProbeDeps {
  /** Rejects when the store cannot be used. */
  readonly pingStore: () => Promise<void>;
  /** True once each server was polled or its first poll timed out. */
  readonly isFirstPollDone: () => boolean;
  readonly metrics: { render(format: ExpositionFormat): Promise<Buffer> };
  readonly logger: Logger;
  /** How long the store may take before it counts as down; 2 s when absent. */
  readonly storeTimeoutMs?: number;
}

/** Plain node handlers: they fit node:http and Express alike. */
export interface Probes {
  /** GET /health: the process is up. */
  readonly health: (req: IncomingMessage, res: ServerResponse) => void;
  /** GET /ready: 200, or 503 with what is missing. */
  readonly ready: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  /** GET /metrics in the Prometheus text format, or as OpenMetrics where that is asked for. */
  readonly metrics: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
}

/** Makes the handlers of /health, /ready and /metrics. */
export function createProbes(deps: ProbeDeps): Probes {
  let wasStoreDown = false;

  const storeFault = async (): Promise<string | undefined> => {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error('no answer in time'));
      }, deps.storeTimeoutMs ?? 2000);
    });
    try {
      await Promise.race([deps.pingStore(), limit]);
      if (wasStoreDown) deps.logger.info('the store answers again');
      wasStoreDown = false;
      return undefined;
    } catch (error) {
      if (!wasStoreDown) deps.logger.error('the store does not answer', { error });
      wasStoreDown = true;
      return 'store';
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    health: (_req, res) => {
      answer(res, 200, { status: 'ok' });
    },
    ready: async (_req, res) => {
      const missing = [await storeFault(), deps.isFirstPollDone() ? undefined : 'first poll'].filter(
        (part) => part !== undefined,
      );
      answer(
        res,
        missing.length === 0 ? 200 : 503,
        missing.length === 0 ? { status: 'ready' } : { status: 'not ready', missing },
      );
    },
    metrics: async (req, res) => {
      const format = expositionFormat(req.headers.accept);
      try {
        const body = await deps.metrics.render(format);
        res.setHeader('vary', 'accept');
        send(res, 200, EXPOSITION_TYPES[format], body);
      } catch (error) {
        deps.logger.error('metrics could not be rendered', { error });
        send(res, 500, 'text/plain; charset=utf-8', 'metrics could not be rendered, see the log\n');
      }
    },
  };
}

function answer(res: ServerResponse, status: number, body: unknown): void {
  send(res, status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`);
}

function send(res: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  res.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
}
