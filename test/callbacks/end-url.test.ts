import { expect } from 'chai';
import { endUrl } from '../../src/callbacks/end-url.js';

describe('endUrl', () => {
  it("adds BBB's two parameters in BBB's order and leaves what was given", () => {
    const cases: readonly (readonly [string, string])[] = [
      ['https://a/end', 'https://a/end?'],
      ['https://a/end?', 'https://a/end?'],
      ['https://a/end?b=%2F&c', 'https://a/end?b=%2F&c&'],
      ['https://a/end?b=1&', 'https://a/end?b=1&'],
      ['https://a/end#part', 'https://a/end?'],
      ['https://a/end?b=1#?', 'https://a/end?b=1&'],
      [' https://a/end ', 'https://a/end?'],
    ];
    for (const [given, begun] of cases) {
      expect(endUrl(given, true, 'a b&c')).to.equal(`${begun}recordingmarks=true&meetingID=a%20b%26c`);
    }
    expect(endUrl('https://a', false, 'ü')).to.equal('https://a?recordingmarks=false&meetingID=%C3%BC');
  });
});
