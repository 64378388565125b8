import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobId } from '../core/ids.ts';
import { sumOfNodes } from '../core/job.ts';
import { Model } from './model.ts';
import { Site } from './scheduler.fixture.ts';

describe('a pool', () => {
  it('adds up its jobs by what they ask for, however many they are, when its capacity changes', () => {
    const model = new Model();
    const settings = { pool: 'p', instance: 'i-1', memoryMiB: 100_000, gpus: 0, shrinks: true };
    model.putPool({ ...settings, vcpus: 4 });
    for (let index = 0; index < 1000; index += 1) {
      const request = { vcpus: index % 2 === 0 ? 1 : 3, memoryMiB: 1, gpus: 0 };
      const place = { queueArn: 'q', computeEnvironmentArn: 'ce', pool: 'p', instance: 'i-1' };
      model.addRunning({ jobId: `j${index}` as JobId, ...place, request }, 0);
    }
    model.putPool({ ...settings, vcpus: 2 });
    const [pool] = model.pools();
    assert.deepEqual([pool?.shapes.size, pool?.used.vcpuMillis], [2, 1_500_000]);
  });

  it('that no engine reports any more starts nothing, and its jobs run on', () => {
    const site = new Site().pool('p', { vcpus: 2 }).environment('ce', { pool: 'p' }).queue('q', 'ce');
    site.jobs('q', 'a:1').starts('a@ce');
    site.pools.delete('p');
    site.scheduler.apply({ kind: 'pool-removed', pool: 'p' }, 0);
    site.jobs('q', 'b:1').starts('');
    assert.match(site.text('b'), /no engine has said what pool p has/);
    site.pool('p', { vcpus: 1 }).starts('').finish('a').starts('b@ce');
  });
});

describe('a multi-node job', () => {
  const resources = (vcpus: number) => ({ vcpus, memoryMiB: 1, gpus: 0 });
  const nodes = [
    { first: 0, last: 0, resources: resources(3) },
    { first: 1, last: 2, resources: resources(1) },
  ];
  const gang = { jobId: 'g' as JobId, queueArn: 'q', sequence: -1, request: sumOfNodes(nodes), nodes };

  it('starts when all its nodes have room, each with an instance, and frees all of it at once', () => {
    const site = new Site({ vcpus: 5 }).environment('ce').queue('q', 'ce').jobs('q', 'a:1').starts('a@ce');
    site.scheduler.apply({ kind: 'job-queued', ...gang }, 0);
    site.jobs('q', 'b:1').starts('').finish('a');
    const instances = ['i-host', 'i-host', 'i-host'];
    const [decision, ...others] = site.scheduler.plan(0, 10).decisions;
    assert.deepEqual(
      [decision?.kind, decision && 'instances' in decision && decision.instances],
      ['place-gang', instances],
    );
    assert.deepEqual(others, []);
    const place = { computeEnvironmentArn: 'ce', pool: 'host', instance: undefined };
    site.scheduler.apply({ kind: 'task-finished', jobId: gang.jobId, ...place }, 0);
    site.starts('b@ce');
  });
});
