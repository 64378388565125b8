import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EpochMilliseconds, JobId, TaskId } from '../../../core/ids.ts';
import { plainCapabilities } from '../../../engines/index.ts';
import { nodeOf } from '../definition/container-record.ts';
import type { Container } from '../definition/schema.ts';
import { type TaskParts, taskSpecOf, UnstartableTask } from './task-spec.ts';

function parts(container: Container): TaskParts {
  return {
    jobId: 'job-1' as JobId,
    job: {
      jobName: 'name',
      jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/d:1',
      specification: { request: {}, nodes: [nodeOf({ image: 'host', command: ['true'], ...container })] },
    },
    placement: { taskId: 'task-1' as TaskId, placedAt: 0 as EpochMilliseconds } as TaskParts['placement'],
    attempt: 2,
    jobQueueName: 'queue',
    computeEnvironmentName: 'environment',
    footprint: { vcpus: 1, memoryMiB: 32, gpus: 0 },
    log: undefined,
    jobEnvironment: { A: 'operator', B: 'operator' },
    capabilities: plainCapabilities,
  };
}

function containerOf(container: Container) {
  const [found] = taskSpecOf(parts(container)).containers;
  return found ?? assert.fail('no container');
}

test('the definition’s variables win over the operator’s, and those of the service over both', () => {
  const environment = [
    { name: 'A', value: 'own' },
    { name: 'AWS_BATCH_JOB_ID', value: 'forged' },
  ];
  assert.deepEqual(containerOf({ environment }).environment, {
    A: 'own',
    B: 'operator',
    AWS_BATCH_CE_NAME: 'environment',
    AWS_BATCH_JOB_ATTEMPT: '2',
    AWS_BATCH_JOB_ID: 'job-1',
    AWS_BATCH_JQ_NAME: 'queue',
  });
});

test('a volume with a host path is a mount of it, and one without is the task’s own', () => {
  const { mounts, scratchMounts } = containerOf({
    volumes: [{ name: 'host', host: { sourcePath: '/data' } }, { name: 'own', host: {} }, { name: 'bare' }],
    mountPoints: [
      { sourceVolume: 'host', containerPath: '/in', readOnly: true },
      { sourceVolume: 'own', containerPath: '/work' },
      { sourceVolume: 'bare', containerPath: '/more', readOnly: true },
    ],
  });
  assert.deepEqual(mounts, [{ source: '/data', target: '/in', readOnly: true }]);
  assert.deepEqual(scratchMounts, [
    { volume: 'own', target: '/work', readOnly: false },
    { volume: 'bare', target: '/more', readOnly: true },
  ]);
});

test('memory file systems and swap are handed on as the definition has them', () => {
  const container = containerOf({
    linuxParameters: {
      sharedMemorySize: 128,
      maxSwap: 64,
      swappiness: 10,
      tmpfs: [{ containerPath: '/t', size: 7, mountOptions: ['noexec'] }],
    },
  });
  assert.equal(container.sharedMemoryMiB, 128);
  assert.deepEqual(container.swap, { maximumMiB: 64, swappiness: 10 });
  assert.deepEqual(container.temporaryFileSystems, [{ target: '/t', sizeMiB: 7, options: ['noexec'] }]);
});

test('swappiness without maxSwap does nothing, as on AWS, and is noted', () => {
  const spec = taskSpecOf(parts({ linuxParameters: { swappiness: 10 } }));
  assert.equal(spec.containers[0]?.swap, undefined);
  assert.deepEqual(spec.notes, ['swappiness has no effect without maxSwap, as on AWS']);
});

test('log options that do nothing here are noted by name, and those that do something are not', () => {
  const options = {
    'awslogs-group': 'g',
    'awslogs-datetime-format': '%Y',
    'awslogs-multiline-pattern': 'x',
    mode: 'non-blocking',
    'max-buffer-size': '1m',
  };
  const { notes = [] } = taskSpecOf(parts({ logConfiguration: { logDriver: 'awslogs', options } }));
  const named = notes.map((note) => /^log option (\S+) has no effect: \S/.exec(note)?.[1]);
  assert.deepEqual(named, ['awslogs-datetime-format', 'awslogs-multiline-pattern', 'mode', 'max-buffer-size']);
  assert.equal(taskSpecOf(parts({})).notes, undefined);
});

test('what no engine of this version can give is refused in words', () => {
  const refused: readonly [Container, RegExp][] = [
    [{ volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }] }, /EFS/],
    [{ volumes: [{ name: 'v', s3filesVolumeConfiguration: { fileSystemArn: 'a' } }] }, /S3/],
    [{ logConfiguration: { logDriver: 'splunk' } }, /log driver splunk/],
    [{ secrets: [{ name: 'S', valueFrom: 'arn' }] }, /secrets cannot be resolved/],
    [{ linuxParameters: { devices: [{ hostPath: '/dev/null' }] } }, /devices cannot be mapped/],
  ];
  for (const [container, words] of refused) {
    const isRefusal = (error: unknown) => error instanceof UnstartableTask && words.test(error.message);
    assert.throws(() => taskSpecOf(parts(container)), isRefusal);
  }
});
