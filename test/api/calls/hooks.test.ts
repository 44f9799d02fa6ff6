import { expect } from 'chai';
import { MOST_HOOKS } from '../../../src/callbacks/hooks/hook-directory.js';
import { AppRig, type CallParameters } from '../../support/app-rig.js';

const TENANTS = [
  { id: 'acme', secrets: ['acme-secret-acme-secret-acme-secret'] },
  { id: 'beta', secrets: ['beta-secret-beta-secret-beta-secret'] },
];

describe('hooks', () => {
  let rig: AppRig;
  let made = 0;

  before(async () => {
    rig = await AppRig.start({ servers: 1, tenants: TENANTS });
  });

  after(() => rig.stop());

  const newUrl = (): string => `https://front.example/hook/${(made += 1)}?a=1&b=<2>`;
  const create = (parameters: CallParameters, tenant = 'acme') =>
    rig.call('hooks/create', parameters, { tenant, algorithm: 'sha1' });
  const list = async (tenant = 'acme', parameters: CallParameters = {}) =>
    (await rig.call('hooks/list', parameters, { tenant })).text;
  const destroy = (hookID: string, tenant = 'acme') => rig.call('hooks/destroy', { hookID }, { tenant });

  it('answers as bbb-webhooks does, on one line and with a whole number', async () => {
    const url = newUrl();
    const answer = await create({
      callbackURL: url,
      meetingID: 'room ]]> 1',
      eventID: 'Meeting-Ended, user-joined',
    });
    expect(answer.headers['content-type']).to.equal('text/xml');
    const hookId = answer.element('hookID') ?? '';
    expect(hookId).to.match(/^\d+$/);
    expect(answer.text).to.equal(
      `<response><returncode>SUCCESS</returncode><hookID>${hookId}</hookID>` +
        '<permanentHook>false</permanentHook><rawData>false</rawData></response>',
    );
    expect(await list()).to.equal(
      `<response><returncode>SUCCESS</returncode><hooks><hook><hookID>${hookId}</hookID>` +
        `<callbackURL><![CDATA[${url}]]></callbackURL><meetingID><![CDATA[room ]]]]><![CDATA[> 1]]></meetingID>` +
        '<eventID>meeting-ended,user-joined</eventID>' +
        '<permanentHook>false</permanentHook><rawData>false</rawData></hook></hooks></response>',
    );
    const removed = await destroy(hookId);
    expect(removed.text).to.equal(
      '<response><returncode>SUCCESS</returncode><removed>true</removed></response>',
    );
    expect(await list()).to.equal('<response><returncode>SUCCESS</returncode><hooks></hooks></response>');
  });

  it('takes the same callback URL again for the same hook, whatever else is asked for', async () => {
    const callbackURL = newUrl();
    const first = await create({ callbackURL, meetingID: 'a', eventID: '' });
    const [again, andAgain] = await Promise.all([
      create({ callbackURL, meetingID: 'b' }),
      create({ callbackURL }),
    ]);
    const hookID = first.element('hookID');
    expect(again.text).to.equal(
      `<response><returncode>SUCCESS</returncode><hookID>${hookID}</hookID>` +
        '<messageKey>duplicateWarning</messageKey><message>There is already a hook for this callback URL.</message></response>',
    );
    expect(andAgain.element('hookID')).to.equal(hookID);
    expect((await create({ callbackURL }, 'beta')).messageKey).to.equal(undefined);
  });

  it('lists with a meeting the hooks that hear of it', async () => {
    const [everywhere, here, elsewhere] = [newUrl(), newUrl(), newUrl()];
    await create({ callbackURL: everywhere, meetingID: '', eventID: '', getRaw: 'false' });
    await create({ callbackURL: here, meetingID: 'here' });
    await create({ callbackURL: elsewhere, meetingID: 'elsewhere' });
    const text = await list('acme', { meetingID: 'here' });
    expect(text).to.contain(everywhere).and.to.contain(here).and.not.to.contain(elsewhere);
  });

  it('keeps the hooks of tenants apart', async () => {
    const callbackURL = newUrl();
    const hookID = (await create({ callbackURL }, 'beta')).element('hookID') ?? '';
    expect(await list('beta')).to.contain(callbackURL);
    expect(await list('acme')).not.to.contain(callbackURL);
    for (let id = 1; id <= Number(hookID) + 3; id += 1) await destroy(String(id), 'acme');
    expect(await list('beta')).to.contain(callbackURL);
    expect((await destroy(hookID, 'beta')).element('removed')).to.equal('true');
  });

  it('refuses in the words of bbb-webhooks', async () => {
    const failed = (key: string, message: string): string =>
      `<response><returncode>FAILED</returncode><messageKey>${key}</messageKey><message>${message}</message></response>`;
    const missingUrl = failed('missingParamCallbackURL', 'You must specify a callbackURL in the parameters.');
    expect((await create({})).text).to.equal(missingUrl);
    expect((await create({ callbackURL: '' })).text).to.equal(missingUrl);
    const missingId = failed('missingParamHookID', 'You must specify a hookID in the parameters.');
    expect((await rig.call('hooks/destroy', {}, { tenant: 'acme' })).text).to.equal(missingId);
    for (const hookID of ['99999', 'none', '-1', '1e3', '99999999999999999999']) {
      const gone = failed('destroyMissingHook', 'The hook informed was not found.');
      expect((await destroy(hookID)).text).to.equal(gone);
    }
    const unsigned = await rig.call(
      'hooks/create',
      { callbackURL: newUrl() },
      { tenant: 'acme', secret: 'no' },
    );
    expect(unsigned.messageKey).to.equal('checksumError');
    expect(unsigned.element('message')).to.equal('You did not pass the checksum security check');
  });

  it('refuses URLs that nobody could call and raw events, and says why', async () => {
    const urls = [
      'ftp://front.example/',
      'front.example',
      'https://me:pw@front.example/',
      'https://x/ y',
      'javascript:0',
    ];
    for (const callbackURL of [...urls, `https://front.example/${'x'.repeat(2_048)}`]) {
      const answer = await create({ callbackURL });
      expect(answer.messageKey, callbackURL).to.equal('createHookError');
      expect(answer.element('message')).to.contain('http or https URL');
    }
    const raw = await create({ callbackURL: newUrl(), getRaw: 'true' });
    expect(raw.messageKey).to.equal('createHookError');
    expect(raw.element('message')).to.contain('Raw events');
  });

  it('answers a ping to anybody', async () => {
    const answer = await rig.call('hooks/ping', {}, { secret: 'wrong' });
    expect([answer.status, answer.text]).to.deep.equal([200, 'bbb-webhooks API up!']);
  });

  it('gives a tenant a thousand hooks and no more', async () => {
    const wanted = Array.from({ length: MOST_HOOKS + 1 }, () => newUrl());
    const answers = await Promise.all(wanted.map((callbackURL) => create({ callbackURL }, 'beta')));
    const refused = answers.filter(({ messageKey }) => messageKey === 'createHookError');
    expect(refused.length).to.be.within(1, 5);
    expect((await list('beta')).split('<hook>').length - 1).to.equal(MOST_HOOKS);
  });
});

describe('hooks while no server can reach the balancer', () => {
  it('are refused with what is to be set, and the operator is told once', async () => {
    const rig = await AppRig.start({ servers: 2, settings: { listen: { host: '0.0.0.0', port: 0 } } });
    try {
      for (const callbackURL of ['https://front.example/1', 'https://front.example/2']) {
        const answer = await rig.call('hooks/create', { callbackURL });
        expect(answer).to.include({ returnCode: 'FAILED', messageKey: 'createHookError' });
        expect(answer.element('message')).to.contain('publicUrl');
      }
      expect((await rig.call('hooks/list', {})).text).to.contain('<hooks></hooks>');
      const told = rig.logger.lines.filter((line) => /^warn .*set publicUrl$/.test(line));
      expect(told).to.have.length(1);
    } finally {
      await rig.stop();
    }
  });
});

describe('hooks while webhooks are switched off', () => {
  it('says that no event would ever come', async () => {
    const rig = await AppRig.start({ servers: 1, settings: { callbacks: { serverHooks: false } } });
    try {
      const answer = await rig.call('hooks/create', { callbackURL: 'https://front.example/' });
      expect(answer.messageKey).to.equal('createHookError');
      expect((await rig.call('hooks/list', {})).returnCode).to.equal('SUCCESS');
    } finally {
      await rig.stop();
    }
  });
});
