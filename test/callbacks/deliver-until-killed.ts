import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallbackOutbox } from '../../src/callbacks/outbox.js';
import { Deliverer } from '../../src/callbacks/deliverer.js';
import { CallbackSender } from '../../src/callbacks/send-callback.js';
import { silentLogger } from '../../src/log.js';
import { openStore } from '../../src/store/open-store.js';

// Run as a process of its own: with "add" puts callback after callback into the outbox and prints each key once it was
// taken; without it delivers what is left and ends.
const [, , spec = '', url = '', mode] = process.argv;
const store = await openStore(spec, { logger: silentLogger });
const outbox = await CallbackOutbox.load({
  store: store.callbacks,
  onOutcome: () => undefined,
  now: Date.now,
});
const sender = new CallbackSender({ allowPrivateTargets: true, timeoutMs: 5_000, connections: 4 });
const deliverer = new Deliverer({
  ...{ outbox, sender, now: Date.now, random: Math.random, logger: silentLogger },
  secretOf: () => 'secret',
  domainOf: () => 'ballast.example',
  beforeDelivery: () => Promise.resolve('deliver'),
});
deliverer.start();
for (let number = 0; mode === 'add'; number += 1) {
  const lane = `lane-${number % 3}`;
  const key = `${lane}/${process.pid}-${number}`;
  await outbox.add({
    ...{ kind: 'hook', key, lane, tenantId: 'default', meetingId: 'class', dueAt: 0 },
    target: `${url}/${key}`,
    content: { form: 'hook', event: '{}', timestamp: number },
  });
  writeSync(1, `${key}\n`);
}
while (outbox.pendingCount > 0) await sleep(10);
await deliverer.stop();
await sender.close();
await store.close();
