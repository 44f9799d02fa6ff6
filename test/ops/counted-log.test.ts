import { expect } from 'chai';
import { countedLog, type LogLevel } from '../../src/ops/counted-log.js';
import { RecordingLogger } from '../support/recording-logger.js';

describe('countedLog', () => {
  const GRAVE: readonly LogLevel[] = ['error', 'warn', 'info', 'debug'];

  for (const [at, level] of GRAVE.entries()) {
    it(`tells of what is written at ${level}, and of nothing that is not`, () => {
      const log = new RecordingLogger();
      const told: LogLevel[] = [];
      const counted = countedLog(log, level, (of) => told.push(of));
      for (const of of GRAVE) counted[of](`a line of ${of}`, { serverId: 'bbb1' });
      expect(told).to.deep.equal(GRAVE.slice(0, at + 1));
      expect(log.entries).to.have.length(4);
      expect(log.entries[0]).to.deep.equal({
        level: 'error',
        message: 'a line of error',
        fields: { serverId: 'bbb1' },
      });
    });
  }
});
