import { expect } from 'chai';
import { simTarget } from '../../../src/sim/http/sim-target.js';

describe('simTarget', () => {
  for (const [url, expected] of [
    ['/bigbluebutton', { kind: 'call', name: 'version', query: '' }],
    ['/bigbluebutton/api/', { kind: 'call', name: 'version', query: '' }],
    ['/bigbluebutton/api?checksum=1', { kind: 'call', name: 'version', query: 'checksum=1' }],
    ['//bigbluebutton//api///join?a=//b?c', { kind: 'call', name: 'join', query: 'a=//b?c' }],
    ['/bigbluebutton/api/hooks/create/?x=1', { kind: 'call', name: 'hooks/create', query: 'x=1' }],
    ['/sim/faults?x=1', { kind: 'control', path: '/sim/faults' }],
    ['/html5client/?sessionToken=abc', { kind: 'page' }],
    ['/playback/presentation/2.3/1', { kind: 'page' }],
    ['/bigbluebutton/apijoin', { kind: 'unknown' }],
    ['/', { kind: 'unknown' }],
  ] as const) {
    it(`takes ${url} for ${JSON.stringify(expected)}`, () => {
      expect(simTarget(url)).to.deep.equal(expected);
    });
  }
});
