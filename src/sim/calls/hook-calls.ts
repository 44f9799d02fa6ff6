import type { SimHook } from '../http/hook-events.js';
import { escapeXml } from '../xml.js';
import type { SimAnswer, SimCall } from './sim-call.js';

const HOOK_CALL = {
  methods: ['GET'],
  checksum: 'recording',
  bodies: 'form',
  refuse: ({ key, text }) => refused(key, `${text}.`),
} as const satisfies Partial<SimCall>;

/** hooks/create of bbb-webhooks 3: the same URL again is a duplicate, whatever else is asked for. */
export const createHookCall: SimCall = {
  ...HOOK_CALL,
  handle: ({ parameters }, { hooks }) => {
    const callbackUrl = parameters.get('callbackURL');
    if (callbackUrl === undefined) {
      return refused('missingParamCallbackURL', 'You must specify a callbackURL in the parameters.');
    }
    const eventIds = parameters.text('eventID').toLowerCase().split(',').filter(Boolean);
    const meetingId = parameters.text('meetingID') || undefined;
    const { hook, isDuplicate } = hooks.create({ callbackUrl, meetingId, eventIds });
    const id = `<hookID>${hook.id}</hookID>`;
    return isDuplicate
      ? answered(
          `${id}<messageKey>duplicateWarning</messageKey>` +
            '<message>There is already a hook for this callback URL.</message>',
        )
      : answered(`${id}<permanentHook>false</permanentHook><rawData>false</rawData>`);
  },
};

/** hooks/destroy. */
export const destroyHookCall: SimCall = {
  ...HOOK_CALL,
  handle: ({ parameters }, { hooks }) => {
    const id = parameters.get('hookID');
    if (id === undefined) {
      return refused('missingParamHookID', 'You must specify a hookID in the parameters.');
    }
    return hooks.destroy(id)
      ? answered('<removed>true</removed>')
      : refused('destroyMissingHook', 'The hook informed was not found.');
  },
};

/** hooks/list; with a meetingID those of this meeting and of all. */
export const listHooksCall: SimCall = {
  ...HOOK_CALL,
  handle: ({ parameters }, { hooks }) => {
    const meetingId = parameters.get('meetingID');
    const wanted = hooks.hooks.filter(
      (hook) => meetingId === undefined || hook.meetingId === undefined || hook.meetingId === meetingId,
    );
    return answered(`<hooks>${wanted.map(hookXml).join('')}</hooks>`);
  },
};

/** hooks/ping, which needs no checksum. */
export const pingHooksCall: SimCall = {
  ...HOOK_CALL,
  checksum: 'none',
  handle: () => ({ status: 200, headers: {}, body: 'bbb-webhooks API up!' }),
};

function hookXml({ id, callbackUrl, meetingId, eventIds }: SimHook): string {
  const meeting = meetingId === undefined ? '' : `<meetingID><![CDATA[${meetingId}]]></meetingID>`;
  const events = eventIds.length === 0 ? '' : `<eventID>${escapeXml(eventIds.join(','))}</eventID>`;
  const flags = '<permanentHook>false</permanentHook><rawData>false</rawData>';
  return `<hook><hookID>${id}</hookID><callbackURL><![CDATA[${callbackUrl}]]></callbackURL>${meeting}${events}${flags}</hook>`;
}

function refused(key: string, text: string): SimAnswer {
  return written('FAILED', `<messageKey>${key}</messageKey><message>${text}</message>`);
}

function answered(content: string): SimAnswer {
  return written('SUCCESS', content);
}

function written(returnCode: string, content: string): SimAnswer {
  const body = `<response><returncode>${returnCode}</returncode>${content}</response>`;
  return { status: 200, headers: { 'Content-Type': 'text/xml' }, body };
}
