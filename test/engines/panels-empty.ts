/** Why a query of a dashboard has no data while all is well. */
export interface EmptyQuery {
  /** `dashboard/panel/letter`, or `dashboard/annotation name`. */
  readonly query: string;
  readonly because: string;
  /**
   * What ends it. `fault`: a server dies, or a front end makes mistakes. `chance`: so does it, if a create meets the dying
   * server before a poll does, or if it comes back with meetings that still run. `never`: nothing in the demo.
   */
  readonly until: 'fault' | 'chance' | 'never';
}

const NO_LIMIT = 'the demo sets no limit of people or meetings';
const NO_ARCHIVE = 'the demo leaves recordings on their servers';
const NO_MISTAKE = 'the front end of the demo makes no mistakes';
const ALL_WELL = 'nothing is wrong with a server';

/** Every query that is empty in a healthy demo. One that is listed and has data then, or `never` and ever, fails the proof as well. */
export const EMPTY_QUERIES: readonly EmptyQuery[] = [
  { query: 'ballast-api/6/A', because: NO_MISTAKE, until: 'fault' },
  { query: 'ballast-api/9/A', because: NO_MISTAKE, until: 'fault' },
  { query: 'ballast-api/12/B', because: NO_LIMIT, until: 'never' },
  { query: 'ballast-api/12/D', because: NO_LIMIT, until: 'never' },
  { query: 'ballast-api/12/E', because: NO_LIMIT, until: 'never' },
  { query: 'ballast-api/15/A', because: ALL_WELL, until: 'fault' },
  { query: 'ballast-api/17/A', because: ALL_WELL, until: 'chance' },
  { query: 'ballast-api/17/B', because: ALL_WELL, until: 'chance' },
  { query: 'ballast-api/18/A', because: 'every server answers in time', until: 'never' },
  {
    query: 'ballast-placement/6/A',
    because: 'every create finds a server, also without one of four',
    until: 'never',
  },
  { query: 'ballast-placement/7/A', because: ALL_WELL, until: 'chance' },
  { query: 'ballast-placement/8/A', because: ALL_WELL, until: 'fault' },
  { query: 'ballast-placement/10/A', because: 'no two creates of one meeting meet', until: 'fault' },
  {
    query: 'ballast-placement/10/B',
    because: 'the demo creates nothing before the first polls are done',
    until: 'never',
  },
  { query: 'ballast-placement/22/A', because: 'every create finds a server', until: 'never' },
  { query: 'ballast-placement/23/A', because: 'the demo makes no meetings past Ballast', until: 'never' },
  { query: 'ballast-placement/23/B', because: ALL_WELL, until: 'chance' },
  { query: 'ballast-pool/1/B', because: 'never more than one of four servers is away', until: 'never' },
  { query: 'ballast-pool/7/A', because: ALL_WELL, until: 'fault' },
  { query: 'ballast-pool/8/A', because: ALL_WELL, until: 'fault' },
  { query: 'ballast-pool/15/A', because: ALL_WELL, until: 'fault' },
  {
    query: 'ballast-self/13/B',
    because: 'nobody writes samples to Ballast itself when InfluxDB is the source',
    until: 'never',
  },
  { query: 'ballast-self/20/B', because: NO_ARCHIVE, until: 'never' },
  { query: 'ballast-self/22/A', because: NO_ARCHIVE, until: 'never' },
  { query: 'ballast-self/22/B', because: NO_ARCHIVE, until: 'never' },
  { query: 'ballast-self/18/C', because: ALL_WELL, until: 'chance' },
  { query: 'ballast-server/10/C', because: NO_LIMIT, until: 'never' },
  { query: 'ballast-server/11/C', because: ALL_WELL, until: 'chance' },
  { query: 'ballast-server/11/D', because: NO_LIMIT, until: 'never' },
  { query: 'ballast-server/17/A', because: ALL_WELL, until: 'fault' },
  { query: 'ballast-server/Becomes unstable', because: ALL_WELL, until: 'fault' },
  { query: 'ballast-server/Becomes offline or wrong secret', because: ALL_WELL, until: 'fault' },
  { query: 'ballast-server/Becomes online again', because: ALL_WELL, until: 'fault' },
];
