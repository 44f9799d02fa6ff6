import { expect } from 'chai';
import { reachableBase } from '../../../src/callbacks/hooks/reachable-base.js';

const ELSEWHERE = 'https://bbb1.example.org/bigbluebutton/api';
const HERE = 'http://127.0.0.1:8090/bigbluebutton/api';

describe('reachableBase', () => {
  for (const [publicUrl, ownUrl, serverUrl, expected] of [
    ['https://b.example.org/', 'http://127.0.0.1:8080', ELSEWHERE, 'https://b.example.org'],
    ['https://b.example.org', 'http://0.0.0.0:8080', HERE, 'https://b.example.org'],
    [undefined, 'http://127.0.0.1:8080', HERE, 'http://127.0.0.1:8080'],
    [undefined, 'http://127.0.0.1:8080', 'http://localhost/bigbluebutton/api', 'http://127.0.0.1:8080'],
    [undefined, 'http://127.0.0.1:8080', ELSEWHERE, undefined],
    [undefined, 'http://[::1]:8080', ELSEWHERE, undefined],
    [undefined, 'http://0.0.0.0:8080', HERE, undefined],
    [undefined, 'http://10.0.0.5:8080', ELSEWHERE, 'http://10.0.0.5:8080'],
  ] as const) {
    it(`is ${expected ?? 'none'} for ${serverUrl} with ${publicUrl ?? 'no publicUrl'} at ${ownUrl}`, () => {
      expect(reachableBase({ publicUrl, ownUrl }, serverUrl)).to.equal(expected);
    });
  }
});
