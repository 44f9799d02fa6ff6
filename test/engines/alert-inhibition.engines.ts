import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import {
  type Alertmanager,
  type AlertInAlertmanager,
  type PostedAlert,
  startAlertmanager,
} from './rig/alertmanager.js';
import { pollUntil } from './rig/poll-until.js';

const CONFIG = fileURLToPath(new URL('../../prometheus/alertmanager.yml', import.meta.url));
const WAIT_MS = 20_000;

/** Labels by a word each: "BallastServerOffline critical server=bbb1"; `elsewhere` is for another cluster. */
function alert(words: string, cluster = 'main'): PostedAlert {
  const [alertname = '', severity = '', ...rest] = words.split(' ');
  const isElsewhere = rest.includes('elsewhere');
  const pairs = rest.filter((word) => word.includes('=')).map((pair) => pair.split('=') as [string, string]);
  const labels = { cluster: isElsewhere ? `${cluster}-elsewhere` : cluster, ...Object.fromEntries(pairs) };
  return { labels: { ...labels, alertname, severity } };
}

/** The alert that fires, what it silences, and what it must not silence. */
const CASES: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  [
    'BallastServerOffline critical server=bbb1',
    [
      'BallastSamplesStale warning server=bbb1',
      'BallastServerUnstable warning server=bbb1',
      'BallastServerHot warning server=bbb1 resource=cpu',
      'BallastPollLag warning server=bbb1',
      'BallastUpstreamSlow warning server=bbb1',
      'BallastCreatesMoved warning server=bbb1',
    ],
    [
      'BallastSamplesStale warning server=bbb2',
      'BallastServerHot warning server=bbb2 resource=cpu',
      'BallastSamplesStale warning server=bbb1 elsewhere',
      'BallastServerFlapping warning server=bbb1',
      'BallastCreatesFailing critical',
      'BallastSourceFailing warning instance=ballast:8080',
    ],
  ],
  [
    'BallastSourceFailing warning instance=ballast:8080',
    ['BallastSamplesStale warning server=bbb1', 'BallastAllSamplesStale warning instance=ballast:8080'],
    ['BallastSamplesStale warning server=bbb1 elsewhere', 'BallastServerOffline critical server=bbb1'],
  ],
  [
    'BallastAllSamplesStale warning instance=ballast:8080',
    ['BallastSamplesStale warning server=bbb1', 'BallastSamplesStale warning server=bbb2'],
    [
      'BallastSamplesStale warning server=bbb1 elsewhere',
      'BallastServerHot warning server=bbb1 resource=memory',
    ],
  ],
  [
    'BallastNoEligibleServer critical',
    ['BallastPoolNearlyFull warning'],
    ['BallastPoolNearlyFull warning elsewhere', 'BallastCreatesFailing critical'],
  ],
  [
    'BallastDown critical instance=ballast:8080 job=ballast',
    [
      'BallastServerOffline critical server=bbb1',
      'BallastSourceFailing warning instance=ballast:8080',
      'BallastNoEligibleServer critical',
      'BallastCreatesFailing critical',
      'BallastRestartLoop critical instance=ballast:8080 job=ballast',
      'BallastLoadUneven info',
    ],
    ['BallastServerOffline critical server=bbb1 elsewhere', 'DiskFull critical'],
  ],
  [
    'BallastDown warning instance=ballast-2:8080 job=ballast',
    [],
    ['BallastServerOffline critical server=bbb1', 'BallastSourceFailing warning instance=ballast-1:8080'],
  ],
];

describe('alertmanager.yml on a real Alertmanager', function () {
  this.timeout(90_000);
  let alertmanager: Alertmanager | undefined;

  afterEach(async () => {
    await alertmanager?.stop();
    alertmanager = undefined;
  });

  it('silences what follows from a worse alert, for as long as that one fires, and nothing else', async () => {
    // A cluster for each pair, so that they do not meet.
    const pairs = CASES.flatMap(([source, silenced, others]) => [
      ...silenced.map((target) => ({ source, target, isSilenced: true })),
      ...others.map((target) => ({ source, target, isSilenced: false })),
    ]).map((pair, at) => ({ ...pair, cluster: `pair-${at}` }));
    const running = (alertmanager = await startAlertmanager({ configFile: CONFIG }));
    const firing = pairs.flatMap(({ source, target, cluster }) => [
      alert(source, cluster),
      alert(target, cluster),
    ]);
    await running.post(firing);
    const states = await statesOf(running, firing.length);
    for (const { source, target, isSilenced, cluster } of pairs) {
      const from = states.get(keyOf(alert(source, cluster)));
      const to = states.get(keyOf(alert(target, cluster)));
      expect(from?.status.state, source).to.equal('active');
      expect(to?.status.state, `${target}, beside ${source}`).to.equal(isSilenced ? 'suppressed' : 'active');
      expect(to?.status.inhibitedBy, target).to.deep.equal(isSilenced ? [from?.fingerprint] : []);
    }
    const endsAt = new Date(Date.now() - 1_000).toISOString();
    await running.post(pairs.map(({ source, cluster }) => ({ ...alert(source, cluster), endsAt })));
    const left = await statesOf(running, pairs.length);
    for (const { target, cluster } of pairs) {
      expect(left.get(keyOf(alert(target, cluster)))?.status.state, target).to.equal('active');
    }
  });

  it('sends critical alerts to whom is on call, grouped, and the rest to the operators', async () => {
    const webhook = await startWebhook();
    try {
      const running = (alertmanager = await startAlertmanager({
        configFile: CONFIG,
        edit: (text) =>
          text.replaceAll('http://127.0.0.1:9095', webhook.url).replace(/group_wait: \w+/g, 'group_wait: 1s'),
      }));
      await running.post(
        [
          'BallastServerOffline critical server=bbb1',
          'BallastServerOffline critical server=bbb2',
          'BallastSamplesStale warning server=bbb1',
          'BallastCertificateExpiring warning server=bbb3',
          'BallastLoadUneven info',
        ].map((words) => alert(words)),
      );
      await pollUntil(async () => (webhook.received.size === 3 ? true : undefined), {
        what: 'three messages',
        timeoutMs: WAIT_MS,
        context: () => JSON.stringify([...webhook.received]),
      });
      expect(Object.fromEntries(webhook.received)).to.deep.equal({
        '/on-call BallastServerOffline main': ['bbb1', 'bbb2'],
        '/operators BallastCertificateExpiring main': ['bbb3'],
        '/operators BallastLoadUneven main': [undefined],
      });
    } finally {
      await webhook.stop();
    }
  });
});

/** All alerts by their labels, once there are so many and each has been looked at. */
async function statesOf(
  alertmanager: Alertmanager,
  count: number,
): Promise<ReadonlyMap<string, AlertInAlertmanager>> {
  return pollUntil(
    async () => {
      const alerts = await alertmanager.alerts();
      const isReady = alerts.length === count && alerts.every(({ status }) => status.state !== 'unprocessed');
      return isReady ? new Map(alerts.map((one) => [keyOf(one), one])) : undefined;
    },
    { what: `state of ${count} alerts`, timeoutMs: WAIT_MS, context: () => alertmanager.output },
  );
}

function keyOf({ labels }: PostedAlert): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => one.localeCompare(other)));
}

/** Takes Alertmanager's webhooks: servers by path, alert and cluster. */
async function startWebhook(): Promise<{
  readonly url: string;
  readonly received: ReadonlyMap<string, readonly (string | undefined)[]>;
  stop(): Promise<void>;
}> {
  const received = new Map<string, readonly (string | undefined)[]>();
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { groupLabels, alerts } = JSON.parse(body) as Message;
      const key = `${request.url ?? ''} ${groupLabels.alertname ?? ''} ${groupLabels.cluster ?? ''}`;
      received.set(key, alerts.map(({ labels }) => labels.server).sort());
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Message {
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}
