import { expect } from 'chai';
import { SignerBook } from '../../src/callbacks/signer-book.js';
import type { Signer } from '../../src/callbacks/signed-claims.js';

describe('SignerBook', () => {
  let pool: Signer[];
  let book: SignerBook;

  beforeEach(() => {
    pool = [
      { id: 'bbb1', secret: 'one' },
      { id: 'bbb2', secret: 'two' },
    ];
    book = new SignerBook(() => pool);
    for (const server of pool) book.note(server);
  });

  it('puts the likely server first', () => {
    expect(book.signers('bbb2').map(({ id }) => id)).to.deep.equal(['bbb2', 'bbb1']);
    expect(book.signers(undefined)).to.deep.equal(pool);
  });

  it('remembers a server that has left, as the least likely one', () => {
    const [left] = pool.splice(0, 1);
    expect(book.signers('bbb1')).to.deep.equal([...pool, left]);
  });

  it('takes only the present secret of a server of the pool', () => {
    pool[0] = { id: 'bbb1', secret: 'changed' };
    expect(book.signers('bbb1').map(({ secret }) => secret)).to.deep.equal(['changed', 'two']);
  });

  it('forgets the oldest of very many', () => {
    pool = [];
    for (let count = 0; count < 1_000; count += 1) book.note({ id: `new${count}`, secret: 's' });
    expect(book.signers(undefined)).to.have.lengthOf(1_000);
    expect(book.signers(undefined).map(({ id }) => id)).not.to.include('bbb1');
  });
});
