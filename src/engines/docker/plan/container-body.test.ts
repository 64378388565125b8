import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import type { InstallationId } from '../../../core/ids.ts';
import type { ContainerWithGpus } from '../../gpus.ts';
import { plainContainer } from '../../plain-container.fixture.ts';
import type { DaemonFacts } from '../daemon/daemon-facts.ts';
import { compileOptions, type DockerEngineOptions } from '../options.ts';
import { type BodyParts, containerBody } from './container-body.ts';

const docker: DaemonFacts = {
  ...{ product: 'docker', version: '1', keepsContainers: false, rootless: false, swappiness: true },
  limits: { memory: true, cpu: true, pids: true, swap: true },
};
const podman: DaemonFacts = { ...docker, product: 'podman' };
const mebibyte = 1024 ** 2;

interface Given {
  readonly options?: Partial<DockerEngineOptions>;
  readonly parts?: Partial<BodyParts>;
}

function body(spec: Partial<ContainerWithGpus>, { options = {}, parts = {} }: Given = {}) {
  const compiled = compileOptions({
    ...{ dataDirectory: '/data', clock: new ManualClock(), sockets: ['/s'], instanceId: 'i', logRoot: '/logs' },
    session: { installationId: 'installation' as InstallationId, epoch: 1 },
    capacity: { vcpus: 1, memoryMiB: 1, gpus: 0 },
    ...options,
  });
  const made = containerBody(
    { ...plainContainer({ name: 'c', image: 'written' }), ...spec },
    {
      ...{ image: 'asked', labels: { label: 'x' }, namespaces: { NetworkMode: 'host', IpcMode: 'private' } },
      ...{ volumes: new Map([['v', 'volume-name']]), gpuIds: [], options: compiled, facts: docker },
      rules: { hostPaths: ['/usr'], neverMounted: [] },
      ...parts,
    },
  );
  return made as { readonly HostConfig: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>;
}

/** What `HostConfig` says beside what it says of a container that asks for nothing. */
function more(spec: Partial<ContainerWithGpus>, given: Given = {}): Readonly<Record<string, unknown>> {
  const plain = body({}, { parts: given.parts ?? {} }).HostConfig;
  const own = Object.entries(body(spec, given).HostConfig);
  return Object.fromEntries(
    own.filter(([name, value]) => !Object.hasOwn(plain, name) || JSON.stringify(plain[name]) !== JSON.stringify(value)),
  );
}

const words = (pattern: RegExp) => ({ name: 'CannotStart', message: pattern });

test('a container that asks for nothing gets its limits and no right of the machine, and stays until it is released', () => {
  const { HostConfig, ...rest } = body({ vcpus: 1.5, memoryMiB: 100.7 });
  assert.deepEqual(rest, {
    ...{ Image: 'asked', Cmd: ['true'], Env: [], Labels: { label: 'x' }, Tty: false },
    ...{ AttachStdin: false, AttachStdout: false, AttachStderr: false },
  });
  assert.deepEqual(HostConfig, {
    ...{ NetworkMode: 'host', IpcMode: 'private', AutoRemove: false, RestartPolicy: { Name: 'no' } },
    ...{ Memory: 100 * mebibyte, CpuShares: 1536, PidsLimit: 4096, OomScoreAdj: 500 },
    ...{ Ulimits: [], Privileged: false, CapDrop: ['NET_RAW'], ReadonlyRootfs: false },
    ...{ Tmpfs: {}, Mounts: [], Devices: [] },
    LogConfig: { Type: 'json-file', Config: { 'max-size': String(1024 * mebibyte), 'max-file': '1' } },
  });
});

test('no command leaves the image’s own, and the entry point is always the image’s', () => {
  for (const command of [[], ['x', 'y z']]) {
    const made = body({ command });
    assert.deepEqual([made.Cmd, 'Entrypoint' in made], [command.length > 0 ? command : undefined, false]);
  }
});

test('a secret is a variable, whatever the environment says under its name', () => {
  assert.deepEqual(body({ environment: { A: '1=2', S: 'plain' }, secrets: { S: 'hidden' } }).Env, [
    'A=1=2',
    'S=hidden',
  ]);
  assert.equal(body({ user: 'app' }).User, 'app');
});

test('vCPUs are shares, none below what the kernel takes, and a ceiling where the operator wants it', () => {
  assert.deepEqual(more({ vcpus: 0.001 }), { CpuShares: 2 });
  assert.deepEqual(more({ vcpus: 0.25 }, { options: { cpuQuota: true } }), { CpuShares: 256, NanoCpus: 250_000_000 });
  assert.deepEqual(more({}, { options: { pidsLimit: 7 } }), { PidsLimit: 7 });
});

test('swap is the daemon’s affair until maxSwap says how much; swappiness goes where the daemon has it', () => {
  const swap = (maximumMiB: number, swappiness: number) => ({ memoryMiB: 64, swap: { maximumMiB, swappiness } });
  const asked = { MemorySwap: 64 * mebibyte, MemorySwappiness: 0 };
  assert.deepEqual(more(swap(0, 0)), asked);
  assert.deepEqual(more(swap(32, 40)), { ...asked, MemorySwap: 96 * mebibyte, MemorySwappiness: 40 });
  const without = { parts: { facts: { ...podman, swappiness: false } } };
  assert.deepEqual(more(swap(32, 40), without), { MemorySwap: 96 * mebibyte });
  assert.deepEqual(more(swap(32, 40), { parts: { facts: podman } }).MemorySwappiness, 40);
});

test('limits, init, shared memory and a root that cannot be written are handed on', () => {
  const ulimits = [{ name: 'nofile', soft: 1, hard: 2 }];
  assert.deepEqual(more({ ulimits, init: true, sharedMemoryMiB: 3, readonlyRootFilesystem: true }), {
    ...{ Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }], Init: true, ShmSize: 3 * mebibyte, ReadonlyRootfs: true },
  });
});

test('a container is privileged where the operator allows it, and has all rights then', () => {
  assert.throws(() => body({ privileged: true }), words(/containers may not be privileged here \(docker\.privileged/));
  const made = body({ privileged: true }, { options: { privileged: true } }).HostConfig;
  assert.deepEqual([made.Privileged, made.CapDrop], [true, undefined]);
});

test('devices are those that the operator gives, for what the definition says', () => {
  const device = { source: '/dev/null', target: '/dev/nothing' };
  const given = { options: { devices: ['/dev/null', '/etc/passwd'] } };
  const made = { PathOnHost: '/dev/null', PathInContainer: '/dev/nothing' };
  for (const [permissions, letters] of [
    [undefined, 'rwm'],
    [['READ'], 'r'],
    [['WRITE', 'MKNOD', 'WRITE'], 'wm'],
  ] as const)
    assert.deepEqual(more({ devices: [{ ...device, ...(permissions ? { permissions } : {}) }] }, given), {
      Devices: [{ ...made, CgroupPermissions: letters }],
    });
  assert.throws(() => body({ devices: [device] }), words(/not given to jobs, none is/));
  assert.throws(
    () => body({ devices: [{ source: '/etc/passwd', target: '/x' }] }, given),
    words(/is not there, or is no device/),
  );
});

test('GPUs are asked for by their ids, unless they exist for the sake of scheduling alone', () => {
  const parts = { gpuIds: ['GPU-1', 'GPU-2'] };
  assert.deepEqual(more({ gpus: 2, gpuDevices: ['/dev/nvidia0'] }, { parts }), {
    DeviceRequests: [{ DeviceIDs: ['GPU-1', 'GPU-2'], Capabilities: [['gpu']] }],
  });
  assert.deepEqual(more({ gpus: 2 }, { parts }), {});
});

test('volumes of the host and of the task’s own are mounted as the definition has them', () => {
  const mounts = [{ source: '/usr', target: '/a', readOnly: true }];
  const scratchMounts = [{ volume: 'v', target: '/b', readOnly: true }];
  const own = { Type: 'volume', Source: 'volume-name', Target: '/b', VolumeOptions: { Labels: { label: 'x' } } };
  assert.deepEqual(more({ mounts, scratchMounts }), {
    Mounts: [
      { Type: 'bind', Source: '/usr', Target: '/a', ReadOnly: true },
      { ...own, ReadOnly: true },
    ],
  });
});

test('a path that Podman would read as more than a path is refused there, and is one on Docker', () => {
  const onPodman = { parts: { facts: podman } };
  for (const target of ['/m,source=/etc', '/m"', '/m\n', '/m\r']) {
    const asks = [
      { mounts: [{ source: '/usr', target, readOnly: true }] },
      { scratchMounts: [{ volume: 'v', target, readOnly: false }] },
    ];
    for (const spec of asks) {
      assert.throws(() => body(spec, onPodman), words(/^CannotStartContainerError: Podman takes no path with "/));
      assert.equal((body(spec).HostConfig.Mounts as { Target: string }[])[0]?.Target, target);
    }
  }
  const temporary = { temporaryFileSystems: [{ target: '/t:exec', sizeMiB: 1 }] };
  assert.throws(() => body(temporary, onPodman), words(/Podman takes no path with ":" in it: \/t:exec/));
  assert.deepEqual(body(temporary).HostConfig.Tmpfs, { '/t:exec': 'size=1m' });
});

test('file systems in memory are empty and hold no programs on either daemon, unless the definition says so', () => {
  const options = ['noexec', 'exec', 'uid=5', 'mode=700', 'defaults'];
  const temporaryFileSystems = [
    { target: '/t', sizeMiB: 8, options },
    { target: '/u', sizeMiB: 1 },
  ];
  assert.deepEqual(body({ temporaryFileSystems }).HostConfig.Tmpfs, {
    '/t': 'size=8m,noexec,exec,uid=5,mode=700,defaults',
    '/u': 'size=1m',
  });
  assert.deepEqual(body({ temporaryFileSystems }, { parts: { facts: podman } }).HostConfig.Tmpfs, {
    '/t': 'size=8m,notmpcopyup,exec,mode=700',
    '/u': 'size=1m,notmpcopyup,noexec',
  });
});

test('output goes to the driver that is asked for, with its options; else the daemon keeps far more than is copied', () => {
  const logDriver = { name: 'gelf', options: { 'gelf-address': 'udp://h:1', tag: 'unix' } };
  assert.deepEqual(more({ logDriver }), { LogConfig: { Type: 'gelf', Config: logDriver.options } });
  const log = { stream: 's', rateBytesPerSecond: 1, maximumBytes: 1024 * mebibyte };
  const Config = { 'max-size': String(80 * 1024 * mebibyte), 'max-file': '1' };
  assert.deepEqual(more({ log }), { LogConfig: { Type: 'json-file', Config } });
});
