import { expect } from 'chai';
import { bodyKind } from '../../src/api/body-kind.js';
import type { CallDefinition } from '../../src/api/call-definition.js';
import { BbbError } from '../../src/bbb/error.js';

describe('bodyKind', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const XML = '<?xml version="1.0"?><modules/>';

  const cases: readonly [CallDefinition['body'], string, string, string][] = [
    ['xml-or-form', 'application/xml', XML, 'xml'],
    ['xml-or-form', 'text/xml', XML, 'xml'],
    ['xml-or-form', 'APPLICATION/XML; charset=utf-8', XML, 'xml'],
    ['xml-or-form', 'text/xml;charset=UTF-8', XML, 'xml'],
    ['xml-or-form', FORM, 'a=1', 'form'],
    ['xml-or-form', `${FORM}; charset=utf-8`, 'a=1', 'form'],
    ['xml-or-form', FORM, XML, 'xml'],
    ['xml-or-form', FORM, '\xef\xbb\xbf<modules/>', 'xml'],
    ['xml-or-form', FORM, '\r\n  <modules/>', 'xml'],
    ['xml-or-form', 'multipart/form-data; boundary=x', '--x', 'refused'],
    ['xml-or-form', 'application/json', '{}', 'refused'],
    ['xml-or-form', '', XML, 'refused'],
    ['xml-or-form', 'text/plain', XML, 'refused'],
    ['xml-or-form', 'application/xmlx', XML, 'refused'],
    ['form', FORM, 'a=1', 'form'],
    ['form', FORM, XML, 'refused'],
    ['form', 'application/xml', XML, 'refused'],
    ['xml', 'application/xml', XML, 'xml'],
    ['xml', FORM, XML, 'xml'],
    ['xml', FORM, 'a=1', 'refused'],
    ['multipart', 'multipart/form-data; boundary=x', '--x', 'multipart'],
    ['multipart', FORM, 'a=1', 'refused'],
  ];
  for (const [taken, contentType, head, expected] of cases) {
    const body = JSON.stringify(head.slice(0, 8));
    it(`a call that takes ${taken}, ${contentType || 'no type'}, ${body}: ${expected}`, () => {
      expect(sort(taken, contentType, head)).to.equal(expected);
    });
  }

  function sort(body: CallDefinition['body'], contentType: string, head: string): string {
    const definition: CallDefinition = {
      name: 'x',
      methods: ['POST'],
      body,
      refusal: 'xml',
      handle: () => ({ body: '' }),
    };
    try {
      return bodyKind(definition, contentType, Buffer.from(head, 'latin1'));
    } catch (error) {
      if (error instanceof BbbError && error.messageKey === 'unsupportedContentType') return 'refused';
      throw error;
    }
  }
});
