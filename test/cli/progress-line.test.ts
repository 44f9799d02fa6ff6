import { expect } from 'chai';
import { progressLine } from '../../src/cli/progress-line.js';
import { FakeTerminal } from '../support/fake-terminal.js';

describe('progressLine', () => {
  it('is silent for what is done in a moment, then speaks every few seconds until it ends', () => {
    const terminal = new FakeTerminal('.');
    let now = 0;
    const progress = progressLine(terminal, () => now);
    for (let done = 1; done <= 20; done++) {
      now += 1_000;
      progress.show(done, 20);
    }
    expect(terminal.complained).to.equal('3 of 20 done\n8 of 20 done\n13 of 20 done\n18 of 20 done\n');
    progress.end();
    now += 60_000;
    progress.show(1, 20);
    expect(terminal.complained.trim().split('\n')).to.have.length(4);
  });
});
