import { expect } from 'chai';
import fc from 'fast-check';
import { EventHeap } from '../../../src/sim/yardstick/event-heap.js';

describe('EventHeap', () => {
  it('gives events by time, equals in the order of their coming, whatever goes in between', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(9), { nil: undefined }), { maxLength: 60 }), (steps) => {
        const heap = new EventHeap<{ readonly at: number; readonly order: number }>();
        let model: { readonly at: number; readonly order: number }[] = [];
        steps.forEach((at, order) => {
          if (at === undefined) {
            expect(heap.nextAt).to.equal(model[0]?.at ?? Infinity);
            expect(heap.pop()).to.deep.equal(model.shift());
          } else {
            heap.push({ at, order });
            model = [...model, { at, order }].sort(
              (left, right) => left.at - right.at || left.order - right.order,
            );
          }
        });
        for (const event of model) expect(heap.pop()).to.deep.equal(event);
        expect(heap.pop()).to.equal(undefined);
      }),
    );
  });
});
