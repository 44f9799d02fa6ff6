/** Bytes that should have been an XML document of BBB and are not: cut, no XML, a DTD, too deep or too large. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}
