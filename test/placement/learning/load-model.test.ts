import { expect } from 'chai';
import { LoadModel } from '../../../src/placement/learning/load-model.js';
import type { Media } from '../../../src/placement/media.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const deps = { rampMs: 15 * MINUTE, windowMs: MINUTE };

/** People with as many microphones and pictures as are usual before anything is learnt. */
function usual(people: number): Media {
  return { people, voice: people / 2, streams: 2 * people };
}

/** Polls and samples every 10 s; `cpuAt` and `peopleAt` tell what they say at a time. */
function run(
  model: LoadModel,
  times: { from: number; until: number },
  peopleAt: (at: number) => number,
  cpuAt: (at: number) => number,
  cores: number | undefined = 8,
): void {
  for (let at = times.from; at < times.until; at += 10 * SECOND) {
    model.counted('bbb1', usual(peopleAt(at)), at);
    model.measured('bbb1', { cpu: cpuAt(at), memory: 0.4, sampledAt: at, cores });
  }
}

describe('LoadModel', () => {
  it('knows no background of a server it has not seen', () => {
    const { backgroundCpu, cpuPerPerson, longCpu } = new LoadModel(deps).of('bbb1');
    expect(backgroundCpu).to.equal(undefined);
    expect(longCpu).to.equal(undefined);
    expect(cpuPerPerson).to.be.within(0.001, 0.005);
  });

  it('costs at most 0.5 % a person where the cores are unknown, and less on a bigger host', () => {
    const model = new LoadModel(deps);
    model.measured('small', { cpu: 0.1, memory: 0.1, sampledAt: 0, cores: 4 });
    model.measured('big', { cpu: 0.1, memory: 0.1, sampledAt: 0, cores: 32 });
    expect(model.of('other').cpuPerPerson).to.be.at.most(0.005);
    expect(model.of('big').cpuPerPerson).to.be.closeTo(model.of('small').cpuPerPerson / 8, 1e-9);
  });

  it('explains what is measured by idle, people and background, within a few minutes', () => {
    const model = new LoadModel(deps);
    const atFirst = model.of('bbb1').cpuPerPerson;
    run(
      model,
      { from: 0, until: 5 * MINUTE },
      () => 40,
      () => 40 * atFirst + 0.3,
    );
    const { idleCpu, cpuPerPerson, backgroundCpu } = model.of('bbb1');
    expect(idleCpu + 40 * cpuPerPerson + (backgroundCpu ?? 0)).to.be.closeTo(40 * atFirst + 0.3, 0.02);
    expect(backgroundCpu).to.be.above(0.1);
  });

  it('sees no background in people who came between a sample and the next', () => {
    const model = new LoadModel(deps);
    const people = (at: number): number => (at < 5 * MINUTE ? 20 : 120);
    const { cpuPerPerson, idleCpu } = model.of('bbb1');
    // A window mean follows the step over a minute, as the sample of a real source does.
    const mean = (at: number): number => 20 + 100 * Math.min(1, Math.max(0, (at - 5 * MINUTE) / MINUTE));
    for (let at = 0; at < 8 * MINUTE; at += 10 * SECOND) {
      model.counted('bbb1', usual(people(at)), at);
      model.measured('bbb1', {
        cpu: idleCpu + cpuPerPerson * mean(at),
        memory: 0.4,
        sampledAt: at,
        cores: 8,
      });
      expect(model.of('bbb1').backgroundCpu ?? 0).to.be.within(-0.08, 0.08);
    }
  });

  it('learns nothing new from the same sample again', () => {
    const model = new LoadModel(deps);
    run(
      model,
      { from: 0, until: MINUTE },
      () => 40,
      () => 0.3,
    );
    const before = model.learnt();
    model.measured('bbb1', { cpu: 0.9, memory: 0.4, sampledAt: 50 * SECOND, cores: 8 });
    expect(model.learnt()).to.deep.equal(before);
  });

  it('gives the means of the last five minutes', () => {
    const model = new LoadModel(deps);
    run(
      model,
      { from: 0, until: 20 * MINUTE },
      () => 0,
      (at) => (at < 10 * MINUTE ? 0.9 : 0.2),
    );
    expect(model.of('bbb1').longCpu).to.be.closeTo(0.2, 1e-9);
    expect(model.of('bbb1').longMemory).to.be.closeTo(0.4, 1e-9);
  });

  it('predicts the same after a restart', () => {
    const model = new LoadModel(deps);
    run(
      model,
      { from: 0, until: 60 * MINUTE },
      (at) => at / MINUTE,
      (at) => 0.05 + (at / MINUTE) * 0.006,
    );
    const again = new LoadModel({ ...deps, learnt: model.learnt() });
    expect(again.coresPerPerson).to.equal(model.coresPerPerson);
    expect(again.coresPerPerson).to.be.above(0.035);
  });

  it('forgets a server that has left', () => {
    const model = new LoadModel(deps);
    run(
      model,
      { from: 0, until: MINUTE },
      () => 10,
      () => 0.3,
    );
    model.forget('bbb1');
    expect(model.of('bbb1').backgroundCpu).to.equal(undefined);
  });
});
