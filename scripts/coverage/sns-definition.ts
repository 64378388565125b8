import { ManualClock } from '../../src/core/clock.ts';
import type { AccountId } from '../../src/core/ids.ts';
import { silentLogger } from '../../src/core/logger.ts';
import type { ServiceDefinition } from '../../src/core/operation.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { createSnsService, snsRecords } from '../../src/services/sns/index.ts';
import { DueWork, Ledger, openMemoryStore, withLead } from '../../src/store/index.ts';

/** SNS as a server builds it, over an empty store. */
export async function snsDefinition(): Promise<ServiceDefinition> {
  const clock = new ManualClock();
  const random = new SystemRandom();
  const store = await withLead(openMemoryStore({ random }));
  const ledger = new Ledger({
    store,
    types: snsRecords,
    onFailed: ({ error }) => {
      throw error;
    },
  });
  const { definition } = createSnsService({
    ...{ ledger, due: new DueWork({ ledger, clock, logger: silentLogger }), clock, random, logger: silentLogger },
    account: '123456789012' as AccountId,
    baseUrl: () => 'http://localhost',
  });
  await store.close();
  return definition;
}
