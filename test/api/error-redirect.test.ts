import { expect } from 'chai';
import { errorRedirect } from '../../src/api/error-redirect.js';
import { bbbError } from '../../src/bbb/messages.js';
import { RawQuery } from '../../src/bbb/raw-query.js';

describe('errorRedirect', () => {
  const ERROR = bbbError('invalidMeetingIdentifier');

  function locationOf(query: Readonly<Record<string, string>>): URL {
    const answer = errorRedirect(RawQuery.parse(new URLSearchParams(query).toString()), ERROR);
    expect(answer.status).to.equal(302);
    return new URL(String(answer.headers?.Location));
  }

  it('sends the browser to errorRedirectUrl with the error as JSON', () => {
    const url = locationOf({ errorRedirectUrl: 'https://moodle.example.org/back' });
    expect(url.origin + url.pathname).to.equal('https://moodle.example.org/back');
    expect(JSON.parse(url.searchParams.get('errors') ?? '')).to.deep.equal([
      { message: 'A meeting with that ID does not exist', key: 'invalidMeetingIdentifier' },
    ]);
  });

  it('prefers errorRedirectUrl over logoutURL', () => {
    const both = { logoutURL: 'https://b.example.org/', errorRedirectUrl: 'https://a.example.org/' };
    expect(locationOf(both).host).to.equal('a.example.org');
    expect(locationOf({ logoutURL: 'https://b.example.org/' }).host).to.equal('b.example.org');
  });

  it('keeps the query and the fragment of the target', () => {
    const url = locationOf({ errorRedirectUrl: 'https://a.example.org/x?id=1&n=J%C3%BCrgen#top' });
    expect(url.searchParams.get('id')).to.equal('1');
    expect(url.searchParams.get('n')).to.equal('Jürgen');
    expect(url.hash).to.equal('#top');
    expect(url.searchParams.get('errors')).to.be.a('string');
  });

  it("blanks BBB's keywords in the target", () => {
    expect(locationOf({ logoutURL: 'https://a.example.org/%%MEETINGID%%/out' }).pathname).to.equal('//out');
  });

  for (const target of [
    'javascript:alert(1)',
    '/relative',
    'data:text/html,x',
    'nonsense',
    '',
    'ftp://a/b',
  ]) {
    it(`refuses in XML instead of sending anyone to ${JSON.stringify(target)}`, () => {
      const query = RawQuery.parse(new URLSearchParams({ errorRedirectUrl: target }).toString());
      const answer = errorRedirect(query, ERROR);
      expect(answer).to.include({ status: 200, outcome: 'refused' });
      expect(answer.headers).to.equal(undefined);
      expect(answer.body.toString()).to.include('<messageKey>invalidMeetingIdentifier</messageKey>');
    });
  }

  it('cannot be made to write a second header', () => {
    const url = locationOf({ errorRedirectUrl: 'https://a.example.org/\r\nSet-Cookie: x=1' });
    expect(url.href).not.to.match(/[\r\n]/);
  });
});
