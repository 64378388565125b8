import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobId } from '../core/ids.ts';
import { describeHopeless, describeReason, describeVerdict } from './describe-reason.ts';
import type { EnvironmentVerdict } from './environment-verdict.ts';
import { Yard } from './scheduler.fixture.ts';

describe('the reason of a waiting job', () => {
  it('is AWS’s when its request exceeds every environment', () => {
    const yard = new Yard()
      .environment('one', { maxvCpus: 2 })
      .environment('two', { maxvCpus: 4 })
      .queue('q', 'one two');
    yard.jobs('q', 'a:5').starts('');
    assert.equal(
      yard.text('a'),
      'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement of the job.',
    );
  });

  it('is AWS’s when every environment is invalid or gone', () => {
    const yard = new Yard().environment('ce', { status: 'INVALID' }).queue('q', 'ce gone').jobs('q', 'a');
    assert.equal(yard.text('a'), 'ACTION_REQUIRED - CE(s) associated with the job queue are invalid.');
  });

  it('is AWS’s when the host has not the GPUs', () => {
    const yard = new Yard().environment('ce').queue('q', 'ce').jobs('q', 'a', { gpus: 1 });
    assert.equal(
      yard.text('a'),
      'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.',
    );
  });

  it('is the kind of machine that no environment has', () => {
    const yard = new Yard({ machine: 'x86_64' }).pool('arm', { machine: 'arm64' }).pool('other');
    yard.environment('ce').environment('far', { pool: 'arm' }).queue('q', 'ce far').queue('here', 'ce');
    yard.jobs('here', 'a', { machine: 'arm64' }).jobs('q', 'b', { machine: 'windows' }).starts('');
    assert.equal(yard.text('a'), 'There is no ARM64 capacity. (ce: has no ARM64 machines)');
    assert.equal(
      yard.text('b'),
      'There is no Windows capacity. (ce: has no Windows machines; far: has no Windows machines)',
    );
  });

  it('names the head of the queue, the place behind it, and what the head waits for', () => {
    const yard = new Yard().environment('arn:aws:batch:compute-environment/ce', { maxvCpus: 4 });
    yard.queue('arn:aws:batch:job-queue/q', 'arn:aws:batch:compute-environment/ce');
    yard.jobs('arn:aws:batch:job-queue/q', 'a:3 b:2 c:1').plan();
    assert.equal(
      yard.text('c'),
      'Waiting in position 2 of 2 in job queue q, behind job b: Waiting for vCPUs: every compute environment that fits is at its maxvCpus. (ce: 3 of 4 vCPUs in use, 2 needed)',
    );
  });

  it('is the nearest that any environment comes, with all of them in brackets', () => {
    const yard = new Yard().environment('off', { state: 'DISABLED' }).environment('new', { status: 'CREATING' });
    yard.environment('small', { maxvCpus: 1 }).queue('q', 'off small new').jobs('q', 'a:2');
    assert.equal(
      yard.text('a'),
      'Waiting for a compute environment to become VALID. (off: DISABLED; small: maxvCpus 1, 2 needed; new: CREATING)',
    );
    yard.queue('q', 'off');
    assert.equal(yard.text('a'), 'No compute environment of the job queue is enabled. (off: DISABLED)');
  });

  it('is what the engine says when it is unavailable', () => {
    const yard = new Yard()
      .environment('ce', { engineUnavailable: 'no answer from docker.sock' })
      .queue('q', 'ce')
      .jobs('q', 'a');
    assert.equal(yard.text('a'), 'The engine of compute environment ce cannot run jobs: no answer from docker.sock');
  });

  it('is what the host is short of', () => {
    const yard = new Yard({ vcpus: 4, memoryMiB: 4096, gpus: 1 }).environment('ce').queue('q', 'ce');
    yard.jobs('q', 'a:3 b:2', { memoryMiB: 3072, gpus: 1 }).starts('a@ce');
    assert.equal(yard.text('b'), 'Waiting for the host: 1 vCPU, 2 GiB of memory, 1 GPU short.');
  });

  it('says of each environment what its pool is short of, or can never have', () => {
    const yard = new Yard({ vcpus: 2 }).pool('cluster', { memoryMiB: 512, gpus: 1, shrinks: false });
    yard
      .environment('here', { maxvCpus: 2 })
      .environment('far', { pool: 'cluster' })
      .environment('off', { state: 'DISABLED' });
    yard.queue('q', 'far off here').queue('own', 'far').jobs('own', 'o', { gpus: 1 });
    yard.jobs('q', 'a', { memoryMiB: 1024, gpus: 1 }).starts('o@far');
    assert.match(yard.text('a'), /^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/);
    const hopeless = yard.scheduler.hopeless('a' as JobId);
    assert.match(
      (hopeless && describeHopeless(hopeless, 'It', 'it')) ?? '',
      /^It never starts \(far: .*\): cancel it\.$/,
    );
    const { environments } = yard.reason('a') as { readonly environments: readonly EnvironmentVerdict[] };
    assert.deepEqual(environments.map(describeVerdict), [
      'far: pool cluster has 512 MiB of memory, 1 GiB of memory needed',
      'off: DISABLED',
      'here: host has 0 GPUs, 1 GPU needed',
    ]);
    yard.cancel('a');
    yard.jobs('q', 'b', { gpus: 1 });
    const reason = yard.plan() && yard.reason('b');
    assert.equal(describeReason(reason), 'Waiting for the pool cluster: 1 GPU short.');
  });

  it('names the queue that is served first', () => {
    const yard = new Yard().environment('ce', { maxvCpus: 2 }).queue('low', 'ce').queue('high', 'ce', { priority: 5 });
    yard.jobs('high', 'h1 h2:2').jobs('low', 'l1');
    assert.equal(yard.text('l1'), 'Waiting for job h1 of job queue high, which is served first.');
    yard.plan();
    assert.equal(
      yard.text('l1'),
      'Waiting for job h2 of job queue high, which is served first and for which the vCPUs of the compute environment are kept.',
    );
  });

  it('says that nothing is in the way of a job that the next plan starts', () => {
    const yard = new Yard().environment('ce').queue('q', 'ce').jobs('q', 'a');
    assert.equal(yard.text('a'), 'About to start in compute environment ce.');
    yard.starts('a@ce');
    assert.equal(yard.scheduler.explain('a' as JobId), undefined);
  });
});
