import { ManualClock } from '../../../core/clock.ts';
import { armFailpoint, parseFailpoint } from '../../../core/failpoint.ts';
import type { AccountId, Region } from '../../../core/ids.ts';
import { silentLogger } from '../../../core/logger.ts';
import { SystemRandom } from '../../../core/random.ts';
import { Ledger, openSqliteStore, withLead } from '../../../store/index.ts';
import { cloudWatchRecords } from '../records.ts';
import { bucketOf } from './bucket.ts';
import { MetricHouse } from './metric-house.ts';
import { PointReader } from './reader.ts';

/**
 * Run by tests as a process: in the store of DIRECTORY it puts one point to each of COUNT metrics and writes them into chunks, unless it
 * dies at FAILPOINT. First it says how many points each metric has.
 */
const [directory = '', count = '0', failpoint] = process.argv.slice(2);
const scope = { account: '123456789012' as AccountId, region: 'us-east-1' as Region };
const names = Array.from({ length: Number(count) }, (_, index) => `m${index}`);
const store = await withLead(openSqliteStore({ directory, random: new SystemRandom() }));
const fail = (failure: { readonly error: unknown }): never => {
  throw failure.error;
};
const ledger = new Ledger({ store, types: cloudWatchRecords, onFailed: fail });
await ledger.fill((await store.load()).records);
const clock = new ManualClock();
const now = Math.floor(clock.now() / 1_000);
const house = new MetricHouse({ ledger, clock, logger: silentLogger, mostBytes: 1024 ** 3 });
await house.fill();
const reader = new PointReader(store.reads, house, () => now);
const [from, to] = [Math.floor(now / 3_600) * 3_600, Math.floor(now / 3_600) * 3_600 + 3_600];

async function countOf(name: string): Promise<number> {
  const series = house.catalogue.find(scope, { namespace: 'Crash', name, dimensions: [] })?.series ?? [];
  const points = await reader.read({ series, from, to, period: 3_600 });
  return points.get(from)?.count ?? 0;
}

console.log(JSON.stringify(await Promise.all(names.map(countOf))));
if (failpoint !== undefined) {
  armFailpoint(parseFailpoint(failpoint));
  const common = { namespace: 'Crash', dimensions: [], resolution: 60, time: from } as const;
  house.put(
    scope,
    names.map((name) => ({ ...common, name, bucket: bucketOf(1) })),
  );
  await store.settled();
  house.open();
  await house.flush();
  house.pause();
}
await store.close();
