import { expect } from 'chai';
import { Cleanups } from '../src/app-cleanups.js';
import { RecordingLogger } from './support/recording-logger.js';

describe('Cleanups', () => {
  it('stops the newest part first and each before the next', async () => {
    const cleanups = new Cleanups(new RecordingLogger());
    const seen: string[] = [];
    const part = (name: string) => async (): Promise<void> => {
      seen.push(`${name} stops`);
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${name} has stopped`);
    };
    cleanups.push(part('store'));
    cleanups.push(part('pool'), part('api'));
    await cleanups.run();
    expect(seen).to.deep.equal(
      ['api', 'pool', 'store'].flatMap((name) => [`${name} stops`, `${name} has stopped`]),
    );
    await cleanups.run();
    expect(seen).to.have.length(6);
  });

  it('closes the store though another part cannot be stopped', async () => {
    const logger = new RecordingLogger();
    const cleanups = new Cleanups(logger);
    let isClosed = false;
    cleanups.push(
      () => {
        isClosed = true;
      },
      () => Promise.reject(new Error('hangs')),
      () => {
        throw new Error('broken');
      },
    );
    await cleanups.run();
    expect(isClosed).to.equal(true);
    expect(logger.lines).to.have.length(2);
    expect(logger.lines.join()).to.contain('a part could not be stopped');
  });
});
