import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId, TaskId } from '../../../core/ids.ts';
import { plainCapabilities } from '../../../engines/index.ts';
import { nodeOf } from '../definition/container-record.ts';
import type { Container } from '../definition/schema.ts';
import { type TaskParts, taskSpecOf, UnstartableTask } from './task-spec.ts';

function parts(container: Container): TaskParts {
  return {
    id: 'job-1' as JobId,
    origin: {
      jobId: 'job-1' as JobId,
      attempt: 2,
      placement: { taskId: 'task-1' as TaskId, placedAt: 0 } as TaskParts['origin']['placement'],
    },
    job: {
      jobName: 'name',
      jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/d:1',
      specification: { request: {}, nodes: [] },
    },
    node: nodeOf({ image: 'host', command: ['true'], ...container }),
    jobQueueName: 'queue',
    computeEnvironmentName: 'environment',
    given: { vcpus: 1, memoryMiB: 32, gpus: 0 },
    logs: new Map(),
    variables: () => ({ environment: { A: 'server', B: 'server' }, secrets: { C: 'hidden' }, notes: [] }),
    fileSystems: { directories: new Map(), accessPoints: new Map() },
    capabilities: plainCapabilities,
  };
}

function containerOf(container: Container) {
  const [found] = taskSpecOf(parts(container)).containers;
  return found ?? assert.fail('no container');
}

test('the definition’s variables win over the server’s, and those of the service over both', () => {
  const environment = [
    { name: 'A', value: 'own' },
    { name: 'AWS_BATCH_JOB_ID', value: 'forged' },
  ];
  assert.deepEqual(containerOf({ environment }).environment, {
    A: 'own',
    B: 'server',
    AWS_BATCH_CE_NAME: 'environment',
    AWS_BATCH_JOB_ATTEMPT: '2',
    AWS_BATCH_JOB_ID: 'job-1',
    AWS_BATCH_JQ_NAME: 'queue',
  });
});

test('the server is told what the definition gives itself, and its secrets and notes are the container’s', () => {
  const own = { environment: [{ name: 'A', value: 'own' }, { name: 'empty' }] };
  const asked: unknown[] = [];
  const variables: TaskParts['variables'] = (request) => {
    asked.push([request.container, [...request.own]]);
    return { environment: {}, secrets: { C: 'hidden' }, notes: ['no luck'] };
  };
  const { containers, notes } = taskSpecOf({ ...parts(own), variables });
  assert.deepEqual(asked, [
    [
      0,
      [
        ['A', 'own'],
        ['empty', ''],
      ],
    ],
  ]);
  assert.deepEqual([containers[0]?.secrets, notes], [{ C: 'hidden' }, ['no luck']]);
});

test('the engine is told which port the server’s variables lead to, if they lead to one', () => {
  const given = { environment: {}, secrets: {}, notes: [] };
  const specOf = (more: object) => taskSpecOf({ ...parts({}), variables: () => ({ ...given, ...more }) });
  assert.deepEqual(specOf({ listenerPort: 23_456 }).jobListener, { port: 23_456 });
  assert.equal('jobListener' in specOf({}), false);
});

test('values of the definition’s secrets stand beside what the server gives in secret', () => {
  const asked: string[] = [];
  const variables: TaskParts['variables'] = ({ own }) => {
    asked.push(...own.keys());
    return { environment: {}, secrets: { C: 'hidden' }, notes: [] };
  };
  const container = { secrets: [{ name: 'PASSWORD', valueFrom: 'parameter' }] };
  const values: TaskParts['values'] = new Map([['default', { secrets: { PASSWORD: 'value' } }]]);
  const { containers } = taskSpecOf({ ...parts(container), variables, values });
  assert.deepEqual(asked, ['PASSWORD']);
  assert.deepEqual(containers[0]?.secrets, { C: 'hidden', PASSWORD: 'value' });
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

test('the containers of a node share what its place gives, and each says whether the task ends with it, and what it waits for', () => {
  const one = parts({ vcpus: 1, memory: 30 });
  const [main] = one.node.containers;
  assert.ok(main);
  const proxy = {
    ...main,
    name: 'proxy',
    essential: false,
    dependsOn: [{ container: 'default', condition: 'START' as const }],
    resources: { vcpus: 3, memoryMiB: 33 },
  };
  const log = { stream: 's', rateBytesPerSecond: 1, maximumBytes: 1 };
  const node = { ...one.node, containers: [main, proxy] };
  const given = { vcpus: 2, memoryMiB: 40, gpus: 0 };
  const { containers } = taskSpecOf({ ...one, node, given, logs: new Map([['proxy', log]]) });
  const seen = containers.map(({ name, essential, dependsOn, vcpus, memoryMiB, log }) => [
    ...[name, essential, dependsOn.length, vcpus, memoryMiB, log?.stream],
  ]);
  assert.deepEqual(seen, [
    ['default', true, 0, 0.5, 19, undefined],
    ['proxy', false, 1, 1.5, 20, 's'],
  ]);
});

test('a task says for whom it is, and of which gang', () => {
  const gang = { gang: 'task-0' as TaskId, size: 4, index: 3 };
  const one = parts({});
  const capabilities = { ...one.capabilities, nodes: true };
  const origin = { ...one.origin, index: 3 };
  const spec = taskSpecOf({ ...one, id: 'job-1#3' as JobId, origin, gang, capabilities });
  assert.deepEqual([spec.origin?.jobId, spec.origin?.index, spec.origin?.attempt, spec.gang], ['job-1', 3, 2, gang]);
  assert.equal(spec.containers[0]?.environment.AWS_BATCH_JOB_ID, 'job-1#3');
  assert.equal(spec.stopGrace, 30_000);
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

test('permissions of a device go to an engine that keeps to them; another says that they have no effect', () => {
  const permitted = ['READ', 'WRITE'] as const;
  const devices = [
    { hostPath: '/dev/a', permissions: [...permitted] },
    { hostPath: '/dev/b', permissions: [] },
    { hostPath: '/dev/c', permissions: ['READ', 'WRITE', 'MKNOD'] as ('READ' | 'WRITE' | 'MKNOD')[] },
  ];
  const one = parts({ linuxParameters: { devices } });
  const able = { ...plainCapabilities, devices: true };
  const keeping = taskSpecOf({ ...one, capabilities: { ...able, devicePermissions: true } });
  assert.deepEqual(
    keeping.containers[0]?.devices?.map(({ permissions }) => permissions),
    [permitted, undefined, ['READ', 'WRITE', 'MKNOD']],
  );
  assert.equal(keeping.notes, undefined);
  const { notes } = taskSpecOf({ ...one, capabilities: able });
  assert.deepEqual(notes, ['device /dev/a: permissions have no effect, those of the device itself count']);
});

test('swappiness without maxSwap does nothing, as on AWS, and is noted', () => {
  const spec = taskSpecOf(parts({ linuxParameters: { swappiness: 10 } }));
  assert.equal(spec.containers[0]?.swap, undefined);
  assert.deepEqual(spec.notes, ['swappiness has no effect without maxSwap, as on AWS']);
});

test('log options that do nothing with a daemon are noted by name, and those that do something are not', () => {
  const options = {
    'awslogs-group': 'g',
    'awslogs-datetime-format': '%Y',
    'awslogs-multiline-pattern': 'x',
    mode: 'non-blocking',
    'max-buffer-size': '1m',
  };
  const given = parts({ logConfiguration: { logDriver: 'awslogs', options } });
  assert.equal(taskSpecOf(given).notes, undefined, 'the output is ours');
  const capabilities = { ...plainCapabilities, logDrivers: ['awslogs', 'json-file'] };
  const { notes = [] } = taskSpecOf({ ...given, capabilities });
  const named = notes.map((note) => /^log option (\S+) has no effect: \S/.exec(note)?.[1]);
  assert.deepEqual(named, ['mode', 'max-buffer-size']);
  assert.equal(taskSpecOf(parts({})).notes, undefined);
});

test('a secret for an engine that would write it to a file is refused in words', () => {
  const one = parts({ secrets: [{ name: 'S', valueFrom: 'arn' }] });
  const capabilities = { ...plainCapabilities, secrets: false };
  assert.throws(() => taskSpecOf({ ...one, capabilities }), /secrets cannot be kept from files here/);
  assert.ok(taskSpecOf(one));
});

test('secret options of awslogs and a login where nothing is pulled do nothing, and are noted', () => {
  const one = parts({
    logConfiguration: { logDriver: 'awslogs', secretOptions: [{ name: 'awslogs-group', valueFrom: 'g' }] },
    repositoryCredentials: { credentialsParameter: 'registry' },
  });
  const { notes = [] } = taskSpecOf(one);
  assert.deepEqual(
    notes.map((note) => note.split(' ', 1)[0]),
    ['secretOptions', 'repositoryCredentials'],
  );
  const capabilities = { ...plainCapabilities, registryCredentials: true };
  assert.equal(taskSpecOf({ ...one, capabilities }).notes?.length, 1);
});

test('what containers share is the task’s, and none is as if nothing were said', () => {
  const one = parts({});
  const capabilities = { ...plainCapabilities, unshared: { ipc: {}, pid: {} } };
  const shared = (modes: Partial<TaskParts['node']>) => {
    const { ipc, pid } = taskSpecOf({ ...one, capabilities, node: { ...one.node, ...modes } });
    return { ipc, pid };
  };
  assert.deepEqual(shared({}), { ipc: undefined, pid: undefined });
  assert.deepEqual(shared({ ipcMode: 'none' }), { ipc: undefined, pid: undefined });
  assert.deepEqual(shared({ ipcMode: 'task', pidMode: 'host' }), { ipc: 'task', pid: 'host' });
});

test('what an engine cannot share is refused in its own words', () => {
  const one = parts({});
  const capabilities = { ...plainCapabilities, unshared: { ipc: {}, pid: { host: 'not allowed' } } };
  const node = { ...one.node, ipcMode: 'task', pidMode: 'host' } as const;
  assert.throws(
    () => taskSpecOf({ ...one, capabilities, node }),
    /^UnstartableTask: pidMode host .* here: not allowed$/,
  );
  assert.ok(taskSpecOf({ ...one, capabilities, node: { ...node, pidMode: 'task' } }));
});

test('what no engine of this version can give is refused in words', () => {
  const refused: readonly [Container, RegExp][] = [
    [
      {
        volumes: [{ name: 'v', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
        mountPoints: [{ sourceVolume: 'v', containerPath: '/v' }],
      },
      /volume v: EFS file system fs-1 .*efs\.fileSystems/,
    ],
    [{ volumes: [{ name: 'v', s3filesVolumeConfiguration: { fileSystemArn: 'a' } }] }, /S3/],
    [{ logConfiguration: { logDriver: 'splunk' } }, /log driver splunk/],
    [
      { logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-multiline-pattern': '(' } } },
      /^awslogs could not parse multiline pattern/,
    ],
    [{ linuxParameters: { devices: [{ hostPath: '/dev/null' }] } }, /devices of the host cannot be shown/],
  ];
  for (const [container, words] of refused) {
    const isRefusal = (error: unknown) => error instanceof UnstartableTask && words.test(error.message);
    assert.throws(() => taskSpecOf(parts(container)), isRefusal);
  }
});

test('what an engine leaves out does not fail the task, which is told what it runs without', () => {
  const devices = [{ hostPath: '/dev/fuse' }, { hostPath: '/dev/kvm' }];
  const volumes = ['/var/lib/docker', '/var/lib/docker/x/..', '/var/lib/dockers', '/data'].map((sourcePath, index) => {
    return { name: `v${index}`, host: { sourcePath } };
  });
  const asking: Container = {
    ...{ privileged: true, linuxParameters: { devices }, logConfiguration: { logDriver: 'splunk' }, volumes },
    mountPoints: volumes.map(({ name }) => ({ sourceVolume: name, containerPath: `/${name}` })),
  };
  const able = { ...plainCapabilities, devices: true };
  const capabilities = { ...able, leavesOut: { devicesBut: ['/dev/fuse'], paths: ['/var/lib/docker'] } };
  const { containers } = taskSpecOf({ ...parts(asking), capabilities });
  const [container = assert.fail()] = containers;
  assert.equal(container.privileged, false);
  assert.deepEqual(container.devices, [{ source: '/dev/fuse', target: '/dev/fuse' }]);
  assert.deepEqual(
    container.mounts.map(({ target }) => target),
    ['/v2', '/v3'],
  );
  assert.deepEqual(container.ungranted, [
    'privileged: jobs have no rights of root here',
    'device /dev/kvm: it is not given to jobs',
    'log driver splunk: the output is in the log stream of the job',
    'volume /var/lib/docker at /v0: this path is mounted for nobody',
    'volume /var/lib/docker/x/.. at /v1: this path is mounted for nobody',
  ]);
  const { logConfiguration: _driver, ...rest } = asking;
  const [strict = assert.fail()] = taskSpecOf({ ...parts(rest), capabilities: able }).containers;
  assert.equal(strict.privileged, true);
  assert.deepEqual([strict.devices?.length, strict.mounts.length, strict.ungranted], [2, 4, undefined]);
  assert.throws(() => taskSpecOf({ ...parts(asking), capabilities: able }), /log driver splunk is not available here/);
});

test('output goes to another log driver with its options, and those that were secret, and then to no stream of ours', () => {
  const logConfiguration = { logDriver: 'splunk', options: { 'splunk-url': 'u', mode: 'non-blocking' } } as const;
  const log = { stream: 's', rateBytesPerSecond: 1, maximumBytes: 1 };
  const values = new Map([['default', { secrets: {}, logOptions: { 'splunk-token': 't' } }]]);
  const capabilities = { ...plainCapabilities, logDrivers: ['awslogs', 'splunk'] };
  const { containers, notes } = taskSpecOf({
    ...parts({ logConfiguration }),
    ...{ logs: new Map([['default', log]]), values, capabilities },
  });
  const options = { 'splunk-url': 'u', mode: 'non-blocking', 'splunk-token': 't' };
  assert.deepEqual(
    [containers[0]?.logDriver, containers[0]?.log, notes],
    [{ name: 'splunk', options }, undefined, undefined],
  );
  const { containers: ours } = taskSpecOf({ ...parts({}), logs: new Map([['default', log]]) });
  assert.deepEqual([ours[0]?.logDriver, ours[0]?.log], [undefined, log]);
});

test('a container that asks for an init process is to have one', () => {
  assert.equal(containerOf({ linuxParameters: { initProcessEnabled: true } }).init, true);
  assert.equal('init' in containerOf({}), false);
});
