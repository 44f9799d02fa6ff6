import { expect } from 'chai';
import { afterDone, toBeKept } from '../../src/recordings/merge-changes.js';
import type { PendingChange } from '../../src/recordings/pending-change.js';
import { pendingChange as pending } from '../support/pending-change.js';

const names = (changes: readonly PendingChange[]): readonly string[] =>
  changes.map(({ call, query }) => `${call.replace('Recordings', '')} ${query}`.trim());

describe('changes that wait', () => {
  const [hide, show] = [pending('publish publish=false'), pending('publish publish=true')];
  const update = pending('update meta_a=1&meta_b=2');
  const remove = pending('delete');

  it('are replaced by a later change that says the contrary', () => {
    expect(names(toBeKept([hide], show).kept)).to.deep.equal(['publish publish=true']);
    expect(names(toBeKept([hide, update], remove).gone)).to.deep.equal([
      'publish publish=false',
      'update meta_a=1&meta_b=2',
    ]);
    expect(names(toBeKept([remove], show).gone)).to.deep.equal(['delete']);
    expect(toBeKept([hide], update).gone).to.deep.equal([]);
  });

  it('of metadata are joined, the later value of a key wins', () => {
    const { kept } = toBeKept([update], pending('update meta_b=3&meta_c=4'));
    expect(names(kept)).to.deep.equal(['update meta_a=1&meta_b=3&meta_c=4']);
  });

  it('of one format touch no other format, no publish and no delete of the whole', () => {
    const [video, podcast] = [pending('delete format=video'), pending('delete format=podcast')];
    expect(toBeKept([hide, video], podcast).gone).to.deep.equal([]);
    expect(names(toBeKept([hide, video], podcast).kept)).to.deep.equal([
      'delete format=video&format=podcast',
    ]);
    expect(names(toBeKept([video], video).kept)).to.deep.equal(['delete format=video']);
    expect(toBeKept([remove], video)).to.deep.equal({ gone: [], kept: [] });
    expect(names(toBeKept([video], remove).kept)).to.deep.equal(['delete']);
    expect(toBeKept([video], show).gone).to.deep.equal([]);
    const both = pending('delete format=video&format=podcast');
    expect(names(afterDone([hide, both], 'deleteRecordings', 'format=video').kept)).to.deep.equal([
      'delete format=podcast',
    ]);
    expect(afterDone([hide, remove], 'deleteRecordings', 'format=video')).to.deep.equal({
      gone: [],
      kept: [],
    });
    expect(afterDone([video], 'deleteRecordings', 'format=video').gone).to.deep.equal([video]);
  });

  it('are forgotten once a later one was made at once', () => {
    expect(names(afterDone([hide, update], 'publishRecordings', 'publish=true').gone)).to.deep.equal([
      'publish publish=false',
    ]);
    expect(names(afterDone([update], 'updateRecordings', 'meta_a=9').kept)).to.deep.equal([
      'update meta_b=2',
    ]);
    expect(names(afterDone([update], 'updateRecordings', 'meta_a=9&meta_b=9').gone)).to.have.length(1);
    expect(afterDone([hide, update, remove], 'deleteRecordings', '').gone).to.have.length(3);
  });
});
