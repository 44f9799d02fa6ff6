import { describeArchiveStore } from './contract/archive-store.js';
import { describeAuditStore } from './contract/audit-store.js';
import { describeCallbackTargetStore } from './contract/callback-target-store.js';
import { describeHookStore } from './contract/hook-store.js';
import { describeCallbackStore } from './contract/callback-store.js';
import { describeKeyStore } from './contract/key-store.js';
import { describeMeetingStoreModel } from './contract/meeting-store-model.js';
import { describeMeetingStore } from './contract/meeting-store.js';
import { describePlacementStore } from './contract/placement-store.js';
import { describeRecordingStore } from './contract/recording-store.js';
import { describeServerStore } from './contract/server-store.js';
import { describeTenantStore } from './contract/tenant-store.js';
import { implementations, type TestStore } from './open-test-store.js';

for (const [name, open] of Object.entries(implementations)) {
  describe(`store: ${name}`, () => {
    let opened: TestStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await opened.close();
    });

    describeServerStore(() => opened.store.servers);
    describeTenantStore(() => opened.store.tenants);
    describeMeetingStore(() => opened.store);
    describeMeetingStoreModel(open);
    describePlacementStore(() => opened.store.placements);
    describeRecordingStore(() => opened.store, open);
    describeArchiveStore(() => opened.store);
    describeAuditStore(() => opened.store.audit);
    describeCallbackStore(() => opened.store);
    describeHookStore(() => opened.store);
    describeKeyStore(() => opened.store);
    describeCallbackTargetStore(() => opened.store.callbackTargets);
  });
}
