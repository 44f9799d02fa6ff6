/**
 * Many small BigBlueButton servers in one process: checksums are checked, meetings kept, everything else canned,
 * so that the figures are those of what stands in front. Options arrive as JSON in argv, the ports leave over IPC.
 */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createdXml, meetingsXml, meetingXml, type CannedMeeting } from './meeting-xml.js';
import { checkCall, splitUrl } from './signed-call.js';

/** How many servers to start and what is on them at first. */
export interface CannedOptions {
  readonly servers: number;
  readonly secret: string;
  readonly meetings: number;
  readonly attendees: number;
}

interface CannedServer {
  readonly meetings: Map<string, CannedMeeting>;
  readonly xml: Map<string, string>;
}

const VERSION = answer('<version>2.0</version>\n<apiVersion>2.0</apiVersion>\n<bbbVersion/>');
const BAD_CHECKSUM = failed('checksumError', 'Checksums do not match');
const NOT_FOUND = failed('notFound', 'A meeting with that ID does not exist');
const ENDED = answer(
  '<messageKey>sentEndMeetingRequest</messageKey>\n<message>A request was sent.</message>',
);

function answer(inner: string): string {
  return `<response>\n<returncode>SUCCESS</returncode>\n${inner}\n</response>`;
}

function failed(key: string, message: string): string {
  return `<response>\n<returncode>FAILED</returncode>\n<messageKey>${key}</messageKey>\n<message>${message}</message>\n</response>`;
}

function addMeeting(server: CannedServer, meetingId: string, name: string, attendees: number): CannedMeeting {
  const meeting = { meetingId, name, attendees, createTime: Date.now() };
  server.meetings.set(meetingId, meeting);
  server.xml.set(meetingId, meetingXml(meeting));
  return meeting;
}

function respond(server: CannedServer, call: string, query: string, attendees: number): string | Buffer {
  // Put together for each call, as BBB does; only the meetings themselves are canned.
  if (call === 'getMeetings') return Buffer.from(meetingsXml([...server.xml.values()]));
  const parameters = new URLSearchParams(query);
  const meetingId = parameters.get('meetingID') ?? '';
  const meeting = server.meetings.get(meetingId);
  if (call === 'isMeetingRunning') return answer(`<running>${(meeting?.attendees ?? 0) > 0}</running>`);
  if (call === 'create') {
    if (meeting) return createdXml(meeting, true);
    return createdXml(addMeeting(server, meetingId, parameters.get('name') ?? '', attendees), false);
  }
  if (!meeting) return NOT_FOUND;
  if (call === 'getMeetingInfo') return meetingInfo(server.xml.get(meetingId) ?? '');
  if (call === 'end') {
    server.meetings.delete(meetingId);
    server.xml.delete(meetingId);
    return ENDED;
  }
  return failed('unsupportedRequest', 'This request is not supported.');
}

function meetingInfo(xml: string): string {
  return answer(xml.slice('<meeting>\n'.length, -'\n</meeting>'.length));
}

function listener(server: CannedServer, options: CannedOptions): RequestListener {
  return (req, res) => {
    const { call, query } = splitUrl(req.url ?? '');
    const plain = call === '' ? '' : checkCall(call, query, options.secret);
    let body: string | Buffer = VERSION;
    if (plain === undefined) body = BAD_CHECKSUM;
    else if (call !== '') body = respond(server, call, plain, options.attendees);
    res.writeHead(200, {
      'content-type': 'text/xml;charset=utf-8',
      'cache-control': 'no-cache',
      'content-length': Buffer.byteLength(body),
    });
    res.end(body);
  };
}

async function startCannedServer(index: number, options: CannedOptions): Promise<number> {
  const server: CannedServer = { meetings: new Map(), xml: new Map() };
  for (let i = 0; i < options.meetings; i += 1) {
    addMeeting(server, `s${index}-m${i}`, `Room ${i} of server ${index}`, options.attendees);
  }
  const http = createServer({ keepAliveTimeout: 120_000 }, listener(server, options));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', 1024, resolve));
  return (http.address() as AddressInfo).port;
}

const options = JSON.parse(process.argv[2] ?? '{}') as CannedOptions;
const ports = await Promise.all(
  Array.from({ length: options.servers }, (_, index) => startCannedServer(index, options)),
);
process.on('disconnect', () => process.exit(0));
process.send?.({ ports });
