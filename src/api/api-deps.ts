import type { HookDirectory } from '../callbacks/hooks/hook-directory.js';
import type { IncomingMessage } from 'node:http';
import type { CreateRewriter } from '../callbacks/create-rewriter.js';
import type { MeetingCalls } from '../meetings/meeting-calls.js';
import type { MeetingCreator } from '../meetings/create-meeting.js';
import type { MeetingDirectory } from '../meetings/meeting-directory.js';
import type { Pool } from '../pool/pool.js';
import type { RecordingCalls } from '../recordings/recording-calls.js';
import type { TenantDirectory } from '../tenants/tenant-directory.js';
import type { RestoreUrls } from './relayed-answer.js';
import type { MeetingList } from './meeting-list.js';

/** What the handlers of BBB calls work with. */
export interface ApiDeps {
  readonly tenants: TenantDirectory;
  readonly meetings: MeetingCalls;
  readonly creator: MeetingCreator;
  readonly directory: MeetingDirectory;
  readonly list: MeetingList;
  readonly pool: Pool;
  readonly recordings: RecordingCalls;
  readonly rewriter: Pick<CreateRewriter, 'rewrite'>;
  readonly restoreUrls: RestoreUrls;
  /** Scheme, host and port a front end wrote. */
  readonly originOf: (request: IncomingMessage) => string | undefined;
  readonly hooks: HookDirectory;
  /** Why no event would ever come to a hook, for people; `undefined` where they come. */
  readonly whyNoEvents: () => string | undefined;
}
