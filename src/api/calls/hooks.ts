import type { Hook } from '../../callbacks/hooks/hook.js';
import { MOST_HOOKS } from '../../callbacks/hooks/hook-directory.js';
import { escapeXml } from '../../bbb/answer.js';
import { bbbError } from '../../bbb/messages.js';
import { BbbError } from '../../bbb/error.js';
import type { RawQuery } from '../../bbb/raw-query.js';
import type { ApiDeps } from '../api-deps.js';
import type { BbbCall, CallAnswer, CallDefinition } from '../call-definition.js';

/** As long as a URL may be that everybody's HTTP server takes, and all event names at once. */
const MOST_CHARACTERS = 2_048;

const DUPLICATE = 'There is already a hook for this callback URL.';

/** hooks/create: the tenant's own hook, with an ID of Ballast's; the same callback URL again is the same hook. */
export function createHook({ hooks, whyNoEvents }: ApiDeps): CallDefinition {
  return hookCall('hooks/create', async ({ query, tenant }) => {
    const wanted = wantedHook(query);
    const hindrance = whyNoEvents();
    if (hindrance !== undefined) throw bbbError('createHookError', hindrance);
    const creation = await hooks.create({ tenantId: tenant.id, ...wanted });
    if (creation.outcome === 'full') {
      throw bbbError('createHookError', `There are ${MOST_HOOKS} hooks already, which is all there may be.`);
    }
    const hookId = `<hookID>${creation.hook.id}</hookID>`;
    return creation.outcome === 'known'
      ? success(`${hookId}<messageKey>duplicateWarning</messageKey><message>${DUPLICATE}</message>`)
      : success(`${hookId}<permanentHook>false</permanentHook><rawData>false</rawData>`);
  });
}

/** hooks/list: the tenant's hooks; with a meetingID those that hear of this meeting. */
export function listHooks({ hooks }: ApiDeps): CallDefinition {
  return hookCall('hooks/list', ({ query, tenant }) => {
    const meetingId = given(query, 'meetingID');
    return success(`<hooks>${hooks.list(tenant.id, meetingId).map(hookXml).join('')}</hooks>`);
  });
}

/** hooks/destroy, of a hook of the tenant's own. */
export function destroyHook({ hooks }: ApiDeps): CallDefinition {
  return hookCall('hooks/destroy', async ({ query, tenant }) => {
    const hookId = given(query, 'hookID');
    if (hookId === undefined) throw bbbError('missingParamHookID');
    const isKnown = /^\d{1,9}$/.test(hookId) && (await hooks.remove(tenant.id, Number(hookId)));
    if (!isKnown) throw bbbError('destroyMissingHook');
    return success('<removed>true</removed>');
  });
}

/** hooks/ping, which bbb-webhooks answers to anybody and in plain text. */
export const pingHooks: CallDefinition = {
  name: 'hooks/ping',
  methods: ['GET', 'POST', 'HEAD'],
  body: 'form',
  refusal: 'xml',
  isUnsigned: true,
  handle: () => ({ body: 'bbb-webhooks API up!', contentType: 'text/plain; charset=utf-8' }),
};

function hookCall(name: string, handle: (call: BbbCall) => Promise<CallAnswer> | CallAnswer): CallDefinition {
  return {
    name,
    methods: ['GET', 'POST'],
    body: 'form',
    refusal: 'recording-xml',
    handle: async (call) => {
      try {
        return await handle(call);
      } catch (error) {
        if (error instanceof BbbError) return refused(error);
        throw error;
      }
    },
  };
}

function wantedHook(query: RawQuery): Pick<Hook, 'callbackUrl' | 'meetingId' | 'eventIds'> {
  const callbackUrl = given(query, 'callbackURL');
  if (callbackUrl === undefined) throw bbbError('missingParamCallbackURL');
  checkCallbackUrl(callbackUrl);
  if (query.get('getRaw')?.toLowerCase() === 'true') {
    const message = 'Raw events are not passed on here: leave getRaw out, or set it to false.';
    throw bbbError('createHookError', message);
  }
  const events = query.get('eventID') ?? '';
  if (events.length > MOST_CHARACTERS) throw bbbError('createHookError', 'The eventID is too long.');
  const eventIds = events
    .toLowerCase()
    .split(',')
    .map((eventId) => eventId.trim())
    .filter((eventId) => eventId !== '');
  return { callbackUrl, meetingId: given(query, 'meetingID'), eventIds };
}

/** Whether its address may be called is looked at when it is called: names change. */
function checkCallbackUrl(callbackUrl: string): void {
  const url = URL.canParse(callbackUrl) ? new URL(callbackUrl) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  const isPlain = url?.username === '' && url.password === '' && !/[\p{Cc}\s]/u.test(callbackUrl);
  if (!isHttp || !isPlain || callbackUrl.length > MOST_CHARACTERS) {
    const message = `The callbackURL must be an http or https URL without a user name, of at most ${MOST_CHARACTERS} characters.`;
    throw bbbError('createHookError', message);
  }
}

/** api-php sends every parameter it knows, possibly empty. */
function given(query: RawQuery, name: string): string | undefined {
  const value = query.get(name);
  return value === '' ? undefined : value;
}

function hookXml({ id, callbackUrl, meetingId, eventIds }: Hook): string {
  const meeting = meetingId === undefined ? '' : `<meetingID>${cdata(meetingId)}</meetingID>`;
  const events = eventIds.length === 0 ? '' : `<eventID>${escapeXml(eventIds.join(','))}</eventID>`;
  const flags = '<permanentHook>false</permanentHook><rawData>false</rawData>';
  return `<hook><hookID>${id}</hookID><callbackURL>${cdata(callbackUrl)}</callbackURL>${meeting}${events}${flags}</hook>`;
}

function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

function success(content: string): CallAnswer {
  return answer('SUCCESS', content);
}

function refused({ messageKey, message }: BbbError): CallAnswer {
  const content = `<messageKey>${messageKey}</messageKey><message>${escapeXml(message)}</message>`;
  return { ...answer('FAILED', content), outcome: 'refused', messageKey };
}

/** On one line, as bbb-webhooks writes it: some clients look for parts of it as text. */
function answer(returnCode: string, content: string): CallAnswer {
  const body = `<response><returncode>${returnCode}</returncode>${content}</response>`;
  return { body, contentType: 'text/xml' };
}
