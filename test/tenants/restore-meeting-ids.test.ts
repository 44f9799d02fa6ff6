import { expect } from 'chai';
import fc from 'fast-check';
import { restoreMeetingIds } from '../../src/tenants/restore-meeting-ids.js';

function restored(xml: string, tenantId = 'acme'): string {
  return restoreMeetingIds(Buffer.from(xml), tenantId).toString();
}

describe('restoreMeetingIds', () => {
  const cases: readonly [string, string, string][] = [
    ['an answer', '<meetingID>acme--x</meetingID>', '<meetingID>x</meetingID>'],
    ['CDATA', '<meetingID><![CDATA[acme--x]]></meetingID>', '<meetingID><![CDATA[x]]></meetingID>'],
    ['blanks before', '<meetingID>\n  acme--x</meetingID>', '<meetingID>\n  x</meetingID>'],
    [
      'metadata',
      '<metadata><meetingId>acme--x</meetingId></metadata>',
      '<metadata><meetingId>x</meetingId></metadata>',
    ],
    [
      'older names',
      '<externMeetingID>acme--x</externMeetingID><externalMeetingId>acme--y</externalMeetingId>',
      '<externMeetingID>x</externMeetingID><externalMeetingId>y</externalMeetingId>',
    ],
    ['its own prefix once', '<meetingID>acme--acme--x</meetingID>', '<meetingID>acme--x</meetingID>'],
    ['a message', 'Meeting with id [acme--x] not', 'Meeting with id [x] not'],
  ];
  for (const [title, xml, expected] of cases) {
    it(`takes the scope off ${title}`, () => {
      expect(restored(xml)).to.equal(expected);
    });
  }

  it('takes it off everywhere in a list', () => {
    const list = '<meeting><meetingID>acme--a</meetingID></meeting>'.repeat(3);
    expect(restored(list)).not.to.include('acme--');
  });

  it("leaves another tenant's IDs, internal IDs and people's texts alone", () => {
    const kept =
      '<meetingID>acme2--x</meetingID><internalMeetingID>acme--x</internalMeetingID>' +
      '<fullName>acme--x</fullName><meetingID>zacme--x</meetingID><!--acme--x-->';
    expect(restored(kept)).to.equal(kept);
  });

  it('takes dots in a tenant ID literally', () => {
    expect(restored('<meetingID>a.c--x</meetingID><meetingID>abc--x</meetingID>', 'a.c')).to.equal(
      '<meetingID>x</meetingID><meetingID>abc--x</meetingID>',
    );
  });

  it('gives the default tenant the very same bytes', () => {
    const body = Buffer.from('<meetingID>acme--x</meetingID>');
    expect(restoreMeetingIds(body, 'default')).to.equal(body);
  });

  it('touches no other byte, whatever the encoding', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (before, after) => {
        const tail = Buffer.concat([Buffer.from('\u00fc日本'), Buffer.from(after)]);
        const body = (id: string): Buffer =>
          Buffer.concat([Buffer.from(before), Buffer.from(`<meetingID>${id}</meetingID>`), tail]);
        expect(restoreMeetingIds(body('acme--x'), 'acme').equals(body('x'))).to.equal(true);
      }),
    );
  });
});
