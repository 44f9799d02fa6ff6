import { expect } from 'chai';
import { FailureLog, type ToldCallback } from '../../src/callbacks/failure-log.js';
import { RecordingLogger } from '../support/recording-logger.js';

function told(path: string, tenantId = 'default'): ToldCallback {
  return { id: path, kind: 'hook', tenantId, target: `https://me:pass-word@front.example${path}?token=hush` };
}

describe('log of callbacks that are given up', () => {
  it('warns once of a target and outcome, until one is delivered there', () => {
    const logger = new RecordingLogger();
    const log = new FailureLog(logger);
    const warned = () => logger.entries.filter(({ level }) => level === 'warn').length;
    log.failed(told('/a'), 'blocked', 'its address is not public');
    log.failed(told('/a'), 'blocked', 'its address is not public');
    expect(warned()).to.equal(1);
    log.failed(told('/a'), 'expired', 'answered HTTP 500');
    log.failed(told('/b'), 'blocked', 'its address is not public');
    log.failed(told('/a', 'north'), 'expired', 'answered HTTP 500');
    expect(warned()).to.equal(4);
    log.delivered(told('/a'));
    log.failed(told('/a'), 'expired', 'answered HTTP 500');
    expect(warned()).to.equal(5);
    expect(JSON.stringify(logger.entries)).not.to.match(/hush|pass-word/);
  });

  it('remembers a bounded number of targets', () => {
    const logger = new RecordingLogger();
    const log = new FailureLog(logger);
    for (let at = 0; at <= 1_000; at += 1) log.failed(told(`/${at}`), 'rejected', 'answered HTTP 404');
    log.failed(told('/0'), 'rejected', 'answered HTTP 404');
    expect(logger.entries.filter(({ level }) => level === 'warn')).to.have.length(1_002);
  });
});
