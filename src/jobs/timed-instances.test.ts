import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../core/clock.ts';
import { interruptedAfter } from '../scheduler/index.ts';
import type { InstanceReport, InstanceToLaunch } from './instance-provider.ts';
import { TimedInstances, type TimedInstancesOptions } from './timed-instances.ts';

const month = 30 * 86_400_000;
const instance: InstanceToLaunch = {
  ...{ id: 'i-1', environmentArn: 'e', type: 'c5.large', purchase: 'spot', interruption: 4 },
  launchedAt: new ManualClock().now(),
};

function open(options: Partial<TimedInstancesOptions> = {}) {
  const clock = new ManualClock();
  const reports: InstanceReport[] = [];
  const provider = new TimedInstances({ clock, report: (report) => reports.push(report), ...options });
  return { clock, reports, provider };
}

test('an instance is ready at once, but not before it was asked for, and once only', () => {
  const { clock, reports, provider } = open();
  provider.launch(instance);
  provider.launch(instance);
  assert.deepEqual(reports, []);
  clock.advance(0);
  provider.launch(instance);
  clock.advance(12 * month);
  assert.deepEqual(
    reports.map(({ kind, id }) => [kind, id]),
    [['ready', 'i-1']],
  );
});

test('an instance takes its time to boot, and one that ends meanwhile is never ready', () => {
  const { clock, reports, provider } = open({ bootDelay: 90_000 });
  const started = clock.now();
  provider.launch(instance);
  provider.launch({ ...instance, id: 'i-2' });
  clock.advance(89_999);
  assert.deepEqual(reports, []);
  provider.end('i-2');
  clock.advance(90_000);
  assert.deepEqual(reports, [{ kind: 'ready', id: 'i-1', at: started + 90_000 }]);
});

test('an instance that boots when a provider hears of it again is ready as long after its launch', () => {
  const { clock, reports, provider } = open({ bootDelay: 90_000 });
  clock.advance(60_000);
  provider.launch(instance);
  // One that was launched long ago is ready soon; where the clock was set back none waits for longer than it boots.
  provider.launch({ ...instance, id: 'i-2', launchedAt: 0 });
  provider.launch({ ...instance, id: 'i-3', launchedAt: clock.now() + month });
  clock.advance(0);
  clock.advance(29_999);
  assert.deepEqual(
    reports.map(({ id }) => id),
    ['i-2'],
  );
  clock.advance(1);
  clock.advance(60_000);
  assert.deepEqual(
    reports.map(({ id }) => id),
    ['i-2', 'i-1', 'i-3'],
  );
});

test('what cannot be had fails with its reason, and may be asked for again', () => {
  let refusal: string | undefined = 'no capacity';
  const { clock, reports, provider } = open({ refusal: () => refusal });
  provider.launch(instance);
  clock.advance(0);
  refusal = undefined;
  provider.launch(instance);
  clock.advance(0);
  assert.deepEqual(
    reports.map(({ kind }) => kind),
    ['failed', 'ready'],
  );
});

test('Spot takes an instance back when its seed says, also after a restart, and none on demand or that has ended', () => {
  const life = interruptedAfter(5, 'i-1', 4);
  const { clock, reports, provider } = open({ interruptionSeed: 5 });
  provider.launch(instance);
  provider.launch({ ...instance, id: 'i-2', purchase: 'on-demand' });
  provider.launch({ ...instance, id: 'i-3' });
  clock.advance(0);
  provider.end('i-3');
  const readyAt = clock.now();
  clock.advance(life - 1);
  const later = open({ interruptionSeed: 5, clock });
  later.provider.adopt(instance, readyAt);
  assert.ok(![...reports, ...later.reports].some(({ kind }) => kind === 'interrupted'));
  clock.advance(1);
  const taken = { kind: 'interrupted', id: 'i-1', at: readyAt + life };
  assert.deepEqual([reports.at(-1), later.reports], [taken, [taken]]);
  clock.advance(1_000 * month);
  assert.equal(reports.filter(({ kind }) => kind === 'interrupted').length, 1);
});
