import { expect } from 'chai';
import { compare } from '../../../src/sim/yardstick/compare.js';

const OPTIONS = { days: ['storm', 'school-day'], rules: ['tinyscale', 'clairvoyant'], seeds: [1, 2] };

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Error) return error;
  throw new Error('nothing was thrown');
}

describe('compare', () => {
  it('gives the same in threads as in this one, in order of days, seeds and rules', async () => {
    const told: string[] = [];
    const onProgress = (done: number, of: number): void => void told.push(`${done}/${of}`);
    const inThreads = await compare({ ...OPTIONS, workers: 2, onProgress });
    expect(told).to.deep.equal(['1/4', '2/4', '3/4', '4/4']);
    expect(inThreads.map(({ day, seed, rule }) => `${day} ${seed} ${rule}`)).to.deep.equal(
      OPTIONS.days.flatMap((day) =>
        OPTIONS.seeds.flatMap((seed) => OPTIONS.rules.map((rule) => `${day} ${seed} ${rule}`)),
      ),
    );
    expect(await compare({ ...OPTIONS, workers: 0 })).to.deep.equal(inThreads);
  }).timeout(60_000);

  it("leaves out each server's course unless it is wanted", async () => {
    const one = { days: ['storm'], rules: ['tinyscale'], seeds: [1], workers: 0 };
    expect((await compare(one))[0]?.cpu.size).to.equal(0);
    expect((await compare({ ...one, keepCpu: true }))[0]?.cpu.size).to.equal(22);
  });

  it('names what there is when asked for what there is not', async () => {
    expect((await failureOf(compare({ ...OPTIONS, days: ['doomsday'] }))).message).to.match(
      /doomsday.*school-day/,
    );
    expect((await failureOf(compare({ ...OPTIONS, rules: ['dice'] }))).message).to.match(/dice.*clairvoyant/);
  });

  it('ends when aborted', async () => {
    const controller = new AbortController();
    const running = compare({
      ...OPTIONS,
      workers: 1,
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    expect((await failureOf(running)).name).to.equal('AbortError');
  }).timeout(60_000);
});
