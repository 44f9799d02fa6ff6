import { expect } from 'chai';
import fc from 'fast-check';
import { MalformedAnswer } from '../../src/bbb/malformed-answer.js';
import { parseXml } from '../../src/bbb/xml.js';

const parse = (text: string, maxBytes = 100_000): ReturnType<typeof parseXml> =>
  parseXml(Buffer.from(text), maxBytes);

describe('parseXml', () => {
  it('gives a list whether it has none, one or many members', () => {
    const root = parse(
      '<modules><module name="presentation"><document url="a"/><document url="b"/></module><x/></modules>',
    );
    expect(root.name).to.equal('modules');
    const [module] = root.all('module');
    expect(root.all('module')).to.have.length(1);
    expect(module?.attributes).to.deep.equal({ name: 'presentation' });
    expect(module?.all('document').map((document) => document.attributes.url)).to.deep.equal(['a', 'b']);
    expect(root.child('x')?.all('document')).to.deep.equal([]);
  });

  it('reads text, references, CDATA and a byte order mark', () => {
    const root = parse(
      '\ufeff<?xml version="1.0"?><r><a>J&#252;rgen &amp; &lt;b&gt;</a><b><![CDATA[<i>]]></b><c/><a>2</a></r>',
    );
    expect(root.text('a')).to.equal('Jürgen & <b>');
    expect(root.text('b')).to.equal('<i>');
    expect(root.text('c')).to.equal('');
    expect(root.text('d')).to.equal(undefined);
    expect(root.children.map((child) => child.name)).to.deep.equal(['a', 'b', 'c', 'a']);
    expect(parse('<a>only</a>').value).to.equal('only');
  });

  it('keeps names that mean something to the parser below', () => {
    const root = parse(
      '<_><_>1</_><cdata>2</cdata><__proto__>3</__proto__><constructor a="4" __proto__="5"/></_>',
    );
    expect(root.children.map((child) => [child.name, child.value])).to.deep.equal([
      ['_', '1'],
      ['cdata', '2'],
      ['__proto__', '3'],
      ['constructor', ''],
    ]);
    expect(root.child('constructor')?.attributes.a).to.equal('4');
  });

  it('refuses entities, a DTD, what is too deep, too large or no XML', () => {
    for (const text of [
      '',
      ' ',
      'x',
      '<a>',
      '<a></b>',
      '<a/><b/>',
      '<a/>x',
      '<a>&lol;</a>',
      '<!DOCTYPE a><a/>',
      '<!DOCTYPE a [<!ENTITY lol "lol">]><a>&lol;</a>',
      '<a b=c/>',
      `${'<a>'.repeat(65)}${'</a>'.repeat(65)}`,
      `<a>${'x'.repeat(100_000)}</a>`,
    ]) {
      expect(() => parse(text), text.slice(0, 40)).to.throw(MalformedAnswer);
    }
    expect(parse(`${'<a>'.repeat(64)}${'</a>'.repeat(64)}`).name).to.equal('a');
  });

  it('throws nothing but MalformedAnswer on any text', () => {
    const soup = fc.constantFrom(
      '<a>',
      '</a>',
      '<_/>',
      '<a b="',
      '"',
      '&#x41;',
      '&#xffffffff;',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '<!--',
      '-->',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(soup, fc.string({ maxLength: 5 })), { maxLength: 12 }), (parts) => {
        try {
          parse(parts.join(''));
        } catch (error) {
          expect(error).to.be.instanceOf(MalformedAnswer);
        }
      }),
    );
  });
});
