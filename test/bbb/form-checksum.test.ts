import { expect } from 'chai';
import { signQuery } from '../../src/bbb/checksum.js';
import { verifyFormChecksum } from '../../src/bbb/form-checksum.js';

const SECRET = '639259d4-9dd8-4b25-bf01-95f9567eaf4b';

function verify(body: string, allowUnsigned = false, call = 'create'): string {
  return verifyFormChecksum({ call, body, secrets: [SECRET], algorithms: ['sha1', 'sha256'], allowUnsigned });
}

function checksumOf(query: string, call = 'create'): string {
  return signQuery(call, query, SECRET).split('checksum=')[1] ?? '';
}

describe('verifyFormChecksum', () => {
  it('takes a body signed as it stands', () => {
    const body = 'name=Test%20Meeting&meetingID=abc123';
    expect(verify(`${body}&checksum=${checksumOf(body)}`)).to.equal('valid');
    expect(verify(`checksum=${checksumOf(body)}&${body}`)).to.equal('valid');
  });

  it('takes the sorted form that older servers sign', () => {
    // From the documentation's example values, sorted.
    const checksum = '94ec9a89c7dc53af01537aef9f8ecbae5e95cd7f37cd4bf18101b976a4a8b097';
    const body = `name=Test%20Meeting&meetingID=abc123&checksum=${checksum}&attendeePW=111222&moderatorPW=333444`;
    expect(verify(body)).to.equal('valid');
  });

  it('encodes values of the sorted form as Java does', () => {
    const canonical = 'name=J%C3%BCrgen+%28%7E%21%27*-._%29%2B';
    const body = `name=J%c3%bcrgen%20(~!'*-._)%2b`;
    expect(verify(`${body}&checksum=${checksumOf(canonical)}`)).to.equal('valid');
  });

  it('takes an unsigned body only where that is allowed', () => {
    const body = `recordID=abc&checksum=${checksumOf('', 'publishRecordings')}`;
    expect(verify(body, true, 'publishRecordings')).to.equal('valid');
    expect(verify(body, false, 'publishRecordings')).to.equal('wrong');
  });

  it('refuses a changed, a missing and a repeated checksum', () => {
    const body = 'meetingID=abc123';
    const checksum = checksumOf(body);
    expect(verify(`meetingID=abc124&checksum=${checksum}`)).to.equal('wrong');
    expect(verify(body)).to.equal('missing');
    expect(verify(`${body}&checksum=${checksum}&checksum=${checksum}`)).to.equal('repeated');
  });
});
