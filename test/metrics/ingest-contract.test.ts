import { IngestStore } from '../../src/metrics/ingest-store.js';
import { LineProtocolReader } from '../../src/metrics/line-protocol.js';
import { CONTRACT_TIMES, itIsASampleSource } from '../support/sample-source-contract.js';
import { telegrafText } from '../support/scenario-text.js';

describe('IngestStore as a source of samples', () => {
  itIsASampleSource({
    tolerance: 0,
    open: async (hosts, now) => {
      const source = new IngestStore({ ...CONTRACT_TIMES, now: () => now });
      const reader = new LineProtocolReader({
        wants: source.wants,
        onPoint: (point) => {
          source.write(point);
        },
        onFault: ({ message }) => {
          throw new Error(message);
        },
      });
      reader.push(Buffer.from(telegrafText(hosts, now)));
      reader.end();
      return { source, close: () => Promise.resolve() };
    },
  });
});
