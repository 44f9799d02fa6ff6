import { line, response } from '../xml.js';
import { failed, htmlAnswer, type SimCall, success, xmlAnswer } from './sim-call.js';
import { findMeeting, meetingIdViolation, reported } from './violations.js';

/** insertDocument: XML modules by POST, presentations only. */
export const insertDocumentCall: SimCall = {
  methods: ['POST'],
  checksum: 'meeting',
  bodies: 'xml',
  handle: ({ parameters, body }, context) => {
    const found = findMeeting(parameters, context);
    if ('failure' in found) return failed(found.failure);
    if (body.modules === 'malformed') return htmlAnswer(500, 'Internal Server Error');
    // Without a presentation module bbb-web renders nothing, and Grails then misses the view.
    if (!body.modules?.hasPresentation) return htmlAnswer(404, 'Page Not Found');
    context.meetings.addDocuments(found.meeting, body.modules.documents);
    return success(line('message', 'Presentation is being uploaded'));
  },
};

/** sendChatMessage (3.0): into a meeting with people in it. */
export const sendChatMessageCall: SimCall = {
  methods: ['GET'],
  checksum: 'meeting',
  bodies: 'form',
  handle: ({ parameters }, context) => {
    const text = parameters.text('message');
    const missing = text === '' ? { key: 'validationError', text: 'You must provide a message' } : undefined;
    const failure = reported([meetingIdViolation(parameters), missing]);
    if (failure) return failed(failure);
    const meeting = context.meetings.find(parameters.text('meetingID'));
    if (meeting?.endTime !== 0 || meeting.attendees.size === 0) {
      return failed({ key: 'meetingNotFound', text: 'Meeting not found' });
    }
    context.meetings.addMessage(meeting, parameters.text('userName') || 'System', text);
    return xmlAnswer(response('SUCCESS', line('message', 'Message successfully sent')));
  },
};
