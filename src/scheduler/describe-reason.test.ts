import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobId } from '../core/ids.ts';
import { describeHopeless, describeReason, describeVerdict } from './describe-reason.ts';
import type { EnvironmentVerdict } from './environment-verdict.ts';
import { Site } from './scheduler.fixture.ts';

describe('the reason of a waiting job', () => {
  it('is AWS’s when its request exceeds every environment', () => {
    const site = new Site()
      .environment('one', { maxvCpus: 2 })
      .environment('two', { maxvCpus: 4 })
      .queue('q', 'one two');
    site.jobs('q', 'a:5').starts('');
    assert.equal(
      site.text('a'),
      'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.',
    );
  });

  it('is a place that nobody counts where many children of arrays come first, however few jobs wait', () => {
    const standing = { share: 's', usedVcpuSeconds: 0, heldVcpus: 0, weight: 1 };
    const head = { kind: 'queue-not-accepting', queueArn: 'q' } as const;
    const reason = { kind: 'waiting-for-share', queueArn: 'q', standing, head } as const;
    assert.match(
      describeReason({ ...reason, waiting: 1_001 }),
      /^Waiting beyond position 1000 of 1001 in job queue q:/,
    );
    assert.match(
      describeReason({ ...reason, waiting: 2 }),
      /^Waiting behind at least 1000 children of arrays, one of 2 in job queue q:/,
    );
    assert.match(describeReason({ ...reason, waiting: 2, position: 2 }), /^Waiting in position 2 of 2 in job queue q:/);
  });

  it('is AWS’s when every environment is invalid or gone', () => {
    const site = new Site().environment('ce', { status: 'INVALID' }).queue('q', 'ce gone').jobs('q', 'a');
    assert.equal(site.text('a'), 'ACTION_REQUIRED - CE(s) associated with the job queue are invalid.');
  });

  it('is AWS’s when the host has not the GPUs', () => {
    const site = new Site().environment('ce').queue('q', 'ce').jobs('q', 'a', { gpus: 1 });
    assert.equal(
      site.text('a'),
      'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.',
    );
  });

  it('is the kind of machine that no environment has', () => {
    const site = new Site({ machine: 'x86_64' }).pool('arm', { machine: 'arm64' }).pool('other');
    site.environment('ce').environment('far', { pool: 'arm' }).queue('q', 'ce far').queue('here', 'ce');
    site.jobs('here', 'a', { machine: 'arm64' }).jobs('q', 'b', { machine: 'windows' }).starts('');
    assert.equal(site.text('a'), 'There is no ARM64 capacity. (ce: has no ARM64 machines)');
    assert.equal(
      site.text('b'),
      'There is no Windows capacity. (ce: has no Windows machines; far: has no Windows machines)',
    );
  });

  it('names the head of the queue, the place behind it, and what the head waits for', () => {
    const site = new Site().environment('arn:aws:batch:compute-environment/ce', { maxvCpus: 4 });
    site.queue('arn:aws:batch:job-queue/q', 'arn:aws:batch:compute-environment/ce');
    site.jobs('arn:aws:batch:job-queue/q', 'a:3 b:2 c:1').plan();
    assert.equal(
      site.text('c'),
      'Waiting in position 2 of 2 in job queue q, behind job b: Waiting for vCPUs: every compute environment that fits is at its maxvCpus. (ce: 3 of 4 vCPUs in use, 2 needed)',
    );
  });

  it('is the nearest that any environment comes, with all of them in brackets', () => {
    const site = new Site().environment('off', { state: 'DISABLED' }).environment('new', { status: 'CREATING' });
    site.environment('small', { maxvCpus: 1 }).queue('q', 'off small new').jobs('q', 'a:2');
    assert.equal(
      site.text('a'),
      'Waiting for a compute environment to become VALID. (off: DISABLED; small: maxvCpus 1, 2 needed; new: CREATING)',
    );
    site.queue('q', 'off');
    assert.equal(site.text('a'), 'No compute environment of the job queue is enabled. (off: DISABLED)');
  });

  it('is what the engine says when it is unavailable', () => {
    const site = new Site()
      .environment('ce', { engineUnavailable: 'no answer from docker.sock' })
      .queue('q', 'ce')
      .jobs('q', 'a');
    assert.equal(site.text('a'), 'The engine of compute environment ce cannot run jobs: no answer from docker.sock');
  });

  it('is what the host is short of', () => {
    const site = new Site({ vcpus: 4, memoryMiB: 4096, gpus: 1 }).environment('ce').queue('q', 'ce');
    site.jobs('q', 'a:3 b:2', { memoryMiB: 3072, gpus: 1 }).starts('a@ce');
    assert.equal(site.text('b'), 'Waiting for the host: 1 vCPU, 2 GiB of memory, 1 GPU short.');
  });

  it('says of each environment what its pool is short of, or can never have', () => {
    const site = new Site({ vcpus: 2 }).pool('cluster', { memoryMiB: 512, gpus: 1, shrinks: false });
    site
      .environment('here', { maxvCpus: 2 })
      .environment('far', { pool: 'cluster' })
      .environment('off', { state: 'DISABLED' });
    site.queue('q', 'far off here').queue('own', 'far').jobs('own', 'o', { gpus: 1 });
    site.jobs('q', 'a', { memoryMiB: 1024, gpus: 1 }).starts('o@far');
    assert.match(site.text('a'), /^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/);
    const hopeless = site.scheduler.hopeless('a' as JobId);
    assert.match(
      (hopeless && describeHopeless(hopeless, 'It', 'cancel it')) ?? '',
      /^It never starts \(far: .*\): cancel it\.$/,
    );
    const { environments } = site.reason('a') as { readonly environments: readonly EnvironmentVerdict[] };
    assert.deepEqual(environments.map(describeVerdict), [
      'far: pool cluster has 512 MiB of memory, 1 GiB of memory needed',
      'off: DISABLED',
      'here: host has 0 GPUs, 1 GPU needed',
    ]);
    site.cancel('a');
    site.jobs('q', 'b', { gpus: 1 });
    const reason = site.plan() && site.reason('b');
    assert.equal(describeReason(reason), 'Waiting for the pool cluster: 1 GPU short.');
  });

  it('names the queue that is served first', () => {
    const site = new Site().environment('ce', { maxvCpus: 2 }).queue('low', 'ce').queue('high', 'ce', { priority: 5 });
    site.jobs('high', 'h1 h2:2').jobs('low', 'l1');
    assert.equal(site.text('l1'), 'Waiting for job h1 of job queue high, which is served first.');
    site.plan();
    assert.equal(
      site.text('l1'),
      'Waiting for job h2 of job queue high, which is served first and for which the vCPUs of the compute environment are kept.',
    );
  });

  it('says that nothing is in the way of a job that the next plan starts', () => {
    const site = new Site().environment('ce').queue('q', 'ce').jobs('q', 'a');
    assert.equal(site.text('a'), 'About to start in compute environment ce.');
    site.starts('a@ce');
    assert.equal(site.scheduler.explain('a' as JobId, 0), undefined);
  });
});
