import { createHash, createHmac } from 'node:crypto';
import { expect } from 'chai';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { CallbackContent } from '../../src/callbacks/callback.js';
import { type CallbackRequest, callbackRequest } from '../../src/callbacks/callback-request.js';

const NOW = 1_700_000_000_000;
/** Shorter than what some libraries ask of a key. */
const SECRET = 'short123';

const made = (target: string, content: CallbackContent): Promise<CallbackRequest> =>
  callbackRequest(target, new URL(target), content, { secret: SECRET, domain: 'bbb.example', now: NOW });
const fieldsOf = (request: CallbackRequest): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(request.body));

describe('callback request', () => {
  it('gets the target as it is', async () => {
    const request = await made('https://front.example:8443/end?a=b%20c&x=#top', { form: 'get' });
    expect(request).to.deep.include({ method: 'GET', origin: 'https://front.example:8443', body: undefined });
    expect(request.path).to.equal('/end?a=b%20c&x=');
  });

  it('sends credentials of the URL as Basic authentication and nowhere else', async () => {
    const request = await made('https://us%40er:p%C3%A4ss%zz@front.example/', { form: 'get' });
    const [, credentials = ''] = request.headers.authorization?.split(' ') ?? [];
    expect(Buffer.from(credentials, 'base64').toString()).to.equal('us@er:p%C3%A4ss%zz');
    expect(request.origin + request.path).to.equal('https://front.example/');
  });

  it('posts signed_parameters as the reference has them', async () => {
    // The vector of the BBB documentation's own secret, header and claims.
    const claims = {
      meeting_id: 'abc123',
      record_id: '6367c48dd193d56ea7b0baad25b19455e529f5ee-1531155809613',
    };
    const content = { form: 'recording-ready', claims } as const;
    const request = await callbackRequest('https://f.example/r', new URL('https://f.example/r'), content, {
      secret: '639259d4-9dd8-4b25-bf01-95f9567eaf4b',
      domain: 'bbb.example',
      now: NOW,
    });
    const token = fieldsOf(request).signed_parameters ?? '';
    const [header = '', payload = '', signature] = token.split('.');
    expect(Buffer.from(header, 'base64url').toString()).to.equal('{"typ":"JWT","alg":"HS256"}');
    expect(Buffer.from(payload, 'base64url').toString()).to.equal(JSON.stringify(claims));
    const hmac = createHmac('sha256', '639259d4-9dd8-4b25-bf01-95f9567eaf4b');
    expect(signature).to.equal(hmac.update(`${header}.${payload}`).digest('base64url'));
    expect(request.headers['content-type']).to.equal('application/x-www-form-urlencoded');
    expect(Object.keys(fieldsOf(request))).to.deep.equal(['signed_parameters']);
  });

  it('posts analytics untouched, with a bearer of a day', async () => {
    const body = '{ "version":"1.0",\n"data":{"ü":1}}';
    const request = await made('https://front.example/a', { form: 'analytics', body });
    expect(request.body).to.equal(body);
    expect(request.headers).to.deep.include({
      'content-type': 'application/json',
      'user-agent': 'BigBlueButton Analytics Callback',
    });
    const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
    expect(decodeProtectedHeader(token)).to.deep.equal({ typ: 'JWT', alg: 'HS512' });
    const key = new TextEncoder().encode(SECRET);
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS512'], currentDate: new Date(NOW) });
    expect(payload).to.deep.equal({ exp: NOW / 1000 + 86_400 });
  });

  for (const [target, path] of [
    ['https://front.example/hook', '/hook?checksum='],
    ['https://front.example/hook?', '/hook?checksum='],
    ['https://front.example/hook?a=1', '/hook?a=1&checksum='],
    ['https://front.example/hook?a=1#here', '/hook?a=1&checksum='],
  ] as const) {
    it(`posts an event to ${target} with BBB's checksum`, async () => {
      const event = '{"data":{"type":"event","id":"user-joined","ö":"+&"}}';
      const request = await made(target, { form: 'hook', event, timestamp: 1_532_718_316_953 });
      const signed = JSON.stringify({ event, timestamp: 1_532_718_316_953, domain: 'bbb.example' });
      const checksum = createHash('sha1')
        .update(target + signed + SECRET)
        .digest('hex');
      expect(request.path).to.equal(path + checksum);
      expect(fieldsOf(request)).to.deep.equal({ event, timestamp: '1532718316953', domain: 'bbb.example' });
    });
  }
});
