import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import type { Logger } from '../../src/log.js';
import { createLog, type LogOptions } from '../../src/ops/log.js';

async function logged(options: Omit<LogOptions, 'stream'>, write: (log: Logger) => void): Promise<string[]> {
  const stream = new PassThrough();
  const log = createLog({ ...options, stream });
  write(log);
  await log.close();
  stream.end();
  const text = (await stream.toArray()).map(String).join('');
  return text.split('\n').filter((line) => line !== '');
}

describe('createLog', () => {
  it('writes one JSON object a line with level, time and fields', async () => {
    const [line = ''] = await logged({ level: 'info', format: 'json' }, (log) => {
      log.info('server is online', { serverId: 'bbb1', wait: undefined });
    });
    const { timestamp, ...rest } = JSON.parse(line) as Record<string, unknown>;
    expect(rest).to.deep.equal({ level: 'info', message: 'server is online', serverId: 'bbb1' });
    expect(new Date(String(timestamp)).toISOString()).to.equal(timestamp);
  });

  it('writes text a person reads, on one line whatever the message holds', async () => {
    const lines = await logged({ level: 'info', format: 'text' }, (log) => {
      log.warn('bad\nanswer', { serverId: 'bbb1', detail: 'a b', count: 3 });
    });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^\S+Z warn {2}bad answer serverId=bbb1 detail="a b" count=3$/);
  });

  it('drops what is below its level', async () => {
    const lines = await logged({ level: 'warn', format: 'text' }, (log) => {
      log.debug('d');
      log.info('i');
      log.warn('w');
      log.error('e');
    });
    expect(lines.map((line) => line.split(' ').at(-1))).to.deep.equal(['w', 'e']);
  });

  for (const format of ['json', 'text'] as const) {
    it(`prints no secret as ${format}`, async () => {
      const lines = await logged({ level: 'debug', format }, (log) => {
        log.info('GET /join?checksum=hunter2', {
          secret: 'hunter2',
          nested: { password: 'hunter2' },
          error: new Error('failed', { cause: new Error('token=hunter2') }),
          message: 'secret: hunter2',
          level: 'password=hunter2',
        });
      });
      expect(lines).to.have.length(1);
      expect(lines[0]).not.to.contain('hunter2');
      expect(lines[0]).to.contain('failed: token=***');
    });
  }

  it('gives the stack of a fault of our own only', async () => {
    const lines = await logged({ level: 'info', format: 'json' }, (log) => {
      log.error('x', { error: new TypeError('undefined is no function') });
      log.error('x', { error: new Error('connection refused') });
    });
    expect(lines[0]).to.contain('errorStack');
    expect(lines[1]).not.to.contain('errorStack');
  });
});
