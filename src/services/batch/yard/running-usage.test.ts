import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Region } from '../../../core/ids.ts';
import { scope } from './resources.fixture.ts';
import { Rig } from './yard.fixture.ts';

const busy = { runFor: 'until-stopped', cpuSeconds: 3, peakMemoryBytes: 7 } as const;

/** A host on which so many children of one array run, and one more job. */
async function rigWithTasks(behaviour: object = busy) {
  const rig = await Rig.open({ host: { vcpus: 8 } });
  const array = rig.submit({ size: 4, behaviour: { ...busy, ...behaviour } });
  const single = rig.submit({ behaviour: { ...busy, ...behaviour } });
  rig.submit({ vcpus: 8, behaviour: busy });
  await rig.settle();
  await rig.pass(0);
  return { rig, array, single };
}

for (const size of [1, 2])
  test(`of each task that runs it is told whose it is and what it uses, ${size} on a page; of what waits nothing`, async () => {
    const { rig, array, single } = await rigWithTasks();
    const found: string[] = [];
    let after: Parameters<typeof rig.yard.usage.page>[2];
    for (let page = 0; page < Math.ceil(5 / size); page += 1) {
      const { tasks, next, silent } = await rig.yard.usage.page(scope, size, after);
      assert.deepEqual(silent, []);
      for (const { id, attempt, asked, containers } of tasks) {
        found.push(id);
        assert.deepEqual([attempt, asked.vcpus], [1, 1]);
        const [container] = containers;
        assert.deepEqual([container?.cpuSeconds, container?.peakMemoryBytes], [3, 7]);
      }
      after = next;
    }
    assert.equal(after, undefined);
    assert.deepEqual(found.sort(), [single, ...[0, 1, 2, 3].map((index) => `${array}:${index}`)].sort());
    const elsewhere = { ...scope, region: 'eu-west-3' as Region };
    assert.deepEqual(await rig.yard.usage.page(elsewhere, 2), { tasks: [], silent: [] });
  });

test('an engine that does not answer in time is silent, its tasks are told of, and it goes on to run jobs', async () => {
  const { rig } = await rigWithTasks();
  rig.answering = (call, answer) => (call === 'usage' ? new Promise<never>(() => {}) : answer());
  const asked = rig.yard.usage.page(scope, 10);
  await rig.pass(2_000);
  const { tasks, silent } = await asked;
  assert.deepEqual([tasks.length, tasks.flatMap(({ containers }) => containers)], [5, []]);
  assert.deepEqual(silent, [{ engine: 'mock', reason: 'no answer to usage within 2 s' }]);
  const another = rig.submit({ behaviour: busy });
  await rig.settle();
  assert.doesNotMatch(rig.yard.explain(another)?.text ?? '', /engine/);
});

test('an engine that measures nothing says so', async () => {
  const { rig } = await rigWithTasks({ cpuSeconds: undefined });
  const { silent } = await rig.yard.usage.page(scope, 10);
  assert.deepEqual(silent, [{ engine: 'mock', reason: 'engine mock measures nothing of what runs' }]);
});
