import { expect } from 'chai';
import { leaksIn } from './leaks.js';

describe('the search for secrets in logs', () => {
  it('finds a secret as it stands, percent-encoded and in base64, and names the line', () => {
    const secret = 's3cret/with+signs';
    const printed = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')].map(
      (form) => ({
        name: 'a log',
        text: `one line\nsecret is ${form} here\nthe last`,
      }),
    );
    for (const one of printed) {
      expect(leaksIn([one], [secret])).to.have.length(1);
      expect(leaksIn([one], [secret])[0]).to.match(/^a log printed .*: secret is .* here$/);
    }
  });

  it('finds nothing in what is clean', () => {
    expect(leaksIn([{ name: 'a log', text: 'checksum=*** secret=***' }], ['abcdef'])).to.deep.equal([]);
  });
});
