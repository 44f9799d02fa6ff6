import { expect } from 'chai';
import fc from 'fast-check';
import { parseRequestTarget } from '../../src/api/request-target.js';

describe('parseRequestTarget', () => {
  const VERSION_FORMS = [
    '/bigbluebutton',
    '/bigbluebutton/',
    '/bigbluebutton/api',
    '/bigbluebutton/api/',
    '//bigbluebutton/api/',
    '/bigbluebutton//api',
    '/bigbluebutton/api//',
    '/t/acme/bigbluebutton',
    '/t/acme/bigbluebutton/api/',
  ];
  for (const form of VERSION_FORMS) {
    it(`takes ${form} for the version document`, () => {
      expect(parseRequestTarget(form)?.call).to.equal('');
      expect(parseRequestTarget(`${form}?&checksum=abc`)).to.include({ call: '', query: '&checksum=abc' });
    });
  }

  const CALL_FORMS = [
    '/bigbluebutton/api/create',
    '/bigbluebutton/api/create/',
    '//bigbluebutton/api/create',
    '/bigbluebutton/api//create',
    '///bigbluebutton///api///create///',
  ];
  for (const form of CALL_FORMS) {
    it(`takes ${form} for the call create`, () => {
      expect(parseRequestTarget(`${form}?a=1`)).to.deep.equal({
        tenantId: undefined,
        call: 'create',
        query: 'a=1',
      });
    });
  }

  it('reads the tenant from the path', () => {
    expect(parseRequestTarget('/t/acme.school-1/bigbluebutton/api/join?x=y')).to.deep.equal({
      tenantId: 'acme.school-1',
      call: 'join',
      query: 'x=y',
    });
    expect(parseRequestTarget('//t//acme//bigbluebutton/api/join')?.tenantId).to.equal('acme');
  });

  it('keeps calls of other parts of BBB whole', () => {
    expect(parseRequestTarget('/bigbluebutton/api/hooks/create?a')?.call).to.equal('hooks/create');
  });

  it('leaves slashes and question marks of the query alone', () => {
    expect(parseRequestTarget('/bigbluebutton/api/create?url=https://x//y?z/')?.query).to.equal(
      'url=https://x//y?z/',
    );
    expect(parseRequestTarget('/bigbluebutton/api/create?')?.query).to.equal('');
  });

  it('leaves every other path to others', () => {
    const others = [
      '',
      '/',
      '*',
      '/bigbluebuttonx/api/create',
      '/x/bigbluebutton/api/create',
      '/bigbluebutton/apix/create',
      '/bigbluebutton/API/create',
      '/t//bigbluebutton/api/create',
      '/t/a%20b/bigbluebutton/api',
      `/t/${'a'.repeat(65)}/bigbluebutton/api`,
      '/health?/bigbluebutton/api',
      'http://host/bigbluebutton/api/create',
    ];
    for (const other of others) expect(parseRequestTarget(other), other).to.equal(undefined);
  });

  it('never throws, and gives the query as it came', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (path, query) => {
        const target = parseRequestTarget(`/bigbluebutton/api/${path.replaceAll('?', '')}?${query}`);
        if (target !== undefined) expect(target.query).to.equal(query);
      }),
    );
  });
});
