import { JSON_CONTENT_TYPE, successJson, successXml } from '../../bbb/answer.js';
import type { CallDefinition } from '../call-definition.js';

/** BBB 2.4 to 3.x all say 2.0; Moodle takes a missing version for a dead server. */
const VERSION = { version: '2.0', apiVersion: '2.0', bbbVersion: '' };

/** The version document: no checksum, and never dependent on a server being up (health probes ask for it). */
export const version: CallDefinition = {
  name: '',
  methods: ['GET', 'POST', 'HEAD'],
  body: 'form',
  refusal: 'xml',
  isUnsigned: true,
  handle: ({ request }) =>
    // BBB looks at the content type of the request, also of a GET.
    request.headers['content-type'] === 'application/json'
      ? { body: successJson(VERSION), contentType: JSON_CONTENT_TYPE }
      : { body: successXml(VERSION) },
};
