import { expect } from 'chai';
import { SignerBook } from '../../src/callbacks/signer-book.js';
import type { Signer } from '../../src/callbacks/signed-claims.js';

const HOUR_MS = 3_600_000;

describe('SignerBook', () => {
  let pool: Signer[];
  let book: SignerBook;
  let now: number;

  beforeEach(() => {
    pool = [
      { id: 'bbb1', secret: 'one' },
      { id: 'bbb2', secret: 'two' },
    ];
    now = 1_800_000_000_000;
    book = new SignerBook({ servers: () => pool, now: () => now });
    for (const server of pool) book.note(server);
  });

  /** Takes a server out of the pool. */
  function remove(id: string): void {
    pool = pool.filter((server) => server.id !== id);
    book.left(id);
  }

  it('puts the likely server first', () => {
    expect(book.signers('bbb2').map(({ id }) => id)).to.deep.equal(['bbb2', 'bbb1']);
    expect(book.signers(undefined)).to.deep.equal(pool);
  });

  it('remembers a server that has left, as the least likely one', () => {
    remove('bbb1');
    expect(book.signers('bbb1')).to.deep.equal([...pool, { id: 'bbb1', secret: 'one' }]);
  });

  it('forgets the secret of a server a day after it left, however long it was silent before', () => {
    now += 100 * HOUR_MS;
    remove('bbb1');
    now += 24 * HOUR_MS - 1;
    expect(book.signers(undefined)).to.have.lengthOf(2);
    now += 1;
    expect(book.signers(undefined)).to.deep.equal(pool);
    expect(book.leftCount).to.equal(0);
  });

  it('forgets the former secret of a server that came back with another and left again', () => {
    remove('bbb1');
    pool.push({ id: 'bbb1', secret: 'changed' });
    book.note({ id: 'bbb1', secret: 'changed' });
    remove('bbb1');
    expect(book.signers(undefined).map(({ secret }) => secret)).to.deep.equal(['two', 'changed']);
  });

  it('never takes the secret of a server that did not answer to it', () => {
    pool.push({ id: 'bbb3', secret: 'guessed' });
    remove('bbb3');
    expect(book.signers(undefined)).to.deep.equal(pool);
  });

  it('counts the secret of a server that has left before anybody says so, and for a day if nobody ever does', () => {
    pool = pool.filter(({ id }) => id !== 'bbb1');
    expect(book.signers('bbb1').map(({ secret }) => secret)).to.deep.equal(['two', 'one']);
    now += HOUR_MS;
    book.left('bbb1');
    now += 23 * HOUR_MS;
    expect(book.signers('bbb1')).to.deep.equal(pool);
  });

  it('takes nothing from a poll that ends after its server left or got another secret', () => {
    remove('bbb1');
    pool.push({ id: 'bbb3', secret: 'guessed' });
    now += 23 * HOUR_MS;
    book.note({ id: 'bbb1', secret: 'one' });
    book.note({ id: 'bbb3', secret: 'former' });
    now += HOUR_MS;
    remove('bbb3');
    expect(book.signers(undefined)).to.deep.equal(pool);
  });

  it('takes only the present secret of a server of the pool', () => {
    pool[0] = { id: 'bbb1', secret: 'changed' };
    expect(book.signers('bbb1').map(({ secret }) => secret)).to.deep.equal(['changed', 'two']);
  });

  it('forgets the oldest of very many', () => {
    remove('bbb1');
    for (let count = 0; count < 999; count += 1) {
      const server = { id: `new${count}`, secret: 's' };
      pool = [...pool, server];
      book.note(server);
      remove(server.id);
    }
    remove('bbb2');
    expect(book.signers(undefined)).to.have.lengthOf(1_000);
    expect(book.signers(undefined).map(({ id }) => id)).not.to.include('bbb1');
  });
});
