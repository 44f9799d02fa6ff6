import { expect } from 'chai';
import fc from 'fast-check';
import { errorRedirect, redirectedError } from '../../src/api/error-redirect.js';
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
      expect(answer.body).to.include('<messageKey>invalidMeetingIdentifier</messageKey>');
    });
  }

  it('cannot be made to write a second header', () => {
    const url = locationOf({ errorRedirectUrl: 'https://a.example.org/\r\nSet-Cookie: x=1' });
    expect(url.href).not.to.match(/[\r\n]/);
  });
});

describe('redirectedError', () => {
  const told = (errors: unknown): string =>
    `https://a.example.org/back?id=1&errors=${encodeURIComponent(JSON.stringify(errors))}`;

  it('reads the key of the first error that a redirect tells', () => {
    const errors = [
      { key: 'maxParticipantsReached', message: 'Full' },
      { key: 'another', message: '"key":"none"' },
    ];
    expect(redirectedError(told(errors))).to.equal('maxParticipantsReached');
    expect(redirectedError(`/back?${told(errors).split('?')[1] ?? ''}`)).to.equal('maxParticipantsReached');
  });

  it('knows a redirect that tells of no error, or of one without a key', () => {
    expect(redirectedError('https://a.example.org/html5client/join?sessionToken=x')).to.equal(undefined);
    expect(redirectedError(told([{ message: 'no' }]))).to.equal('');
    expect(redirectedError('https://a.example.org/?errors=')).to.equal('');
    expect(redirectedError('http://[')).to.equal(undefined);
  });

  it('reads back what Ballast itself tells', () => {
    fc.assert(
      fc.property(fc.constantFrom('serverUnavailable', 'notFound', 'internalError'), (key) => {
        const query = RawQuery.parse('errorRedirectUrl=https%3A%2F%2Fa.example.org%2Fx%3Fy%3D1');
        const { headers } = errorRedirect(query, bbbError(key));
        expect(redirectedError(String(headers?.Location))).to.equal(key);
      }),
    );
  });
});
