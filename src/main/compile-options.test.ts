import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { compileOptions } from './compile-options.ts';
import type { CompiledOptions } from './compiled-options.ts';
import type { Machine } from './machine.ts';
import type { Options } from './options.ts';
import type { OptionName } from './options-table.ts';

const machine: Machine = {
  vcpus: 4,
  memoryMiB: 8_000,
  files: 1_024,
  root: false,
  terminal: true,
  users: () => [],
  directory: '/work',
};
const day = 86_400_000;
const tls: Options = { 'tls.certificate': '/certificate', 'tls.key': '/key' };
const s3: Options = { 's3.endpoint': 'http://store:9000' };
const smtp: Options = { 'sns.smtp.url': 'smtp://mail.test:587', 'sns.smtp.from': 'yard@mail.test' };
const compiledSmtp = { 'smtp.url': 'smtp://mail.test:587', 'smtp.from': 'yard@mail.test' };
const s3Key: Options = { ...s3, 's3.accessKeyId': 'jobs', 's3.secretAccessKeyFile': '/secret' };
const compiledS3Key = {
  's3.endpoint': 'http://store:9000',
  's3.accessKeyId': 'jobs',
  's3.secretAccessKeyFile': '/secret',
};
const compiledTls = { 'listen.tls': { certificateFile: '/certificate', keyFile: '/key' } };

/** Of each option what is written, with what it needs beside it, and all that this changes. */
const effects: Readonly<Record<OptionName, readonly [written: Options, changed: Readonly<Record<string, unknown>>]>> = {
  port: [{ port: 1 }, { 'listen.port': 1 }],
  bind: [{ bind: '::1' }, { 'listen.address': '::1' }],
  insecureBind: [
    { bind: '0.0.0.0', insecureBind: true },
    {
      'listen.address': '0.0.0.0',
      'listen.loopback': false,
      eventsReach: 'not-local',
      unstoredRoles: 'nothing',
      deliveries: 'if-allowed',
      'engine.isolation': 'required',
      'engine.unmapped': 'refuse',
      'engine.ungranted': 'refuse',
    },
  ],
  publicUrl: [
    { publicUrl: 'https://batch.example' },
    { publicUrl: 'https://batch.example', 'listen.allowedHosts': ['batch.example'] },
  ],
  'tls.certificate': [tls, compiledTls],
  'tls.key': [tls, compiledTls],
  data: [{ data: 'state' }, { 'data.directory': '/work/state' }],
  moved: [{ moved: true }, { 'data.moved': true }],
  acceptLostCommits: [{ acceptLostCommits: true }, { 'data.acceptLostCommits': true }],
  ephemeral: [{ ephemeral: true }, { 'data.ephemeral': true }],
  account: [{ account: '111111111111' }, { account: '111111111111' }],
  region: [{ region: 'eu-west-1' }, { region: 'eu-west-1' }],
  stopJobs: [{ stopJobs: true }, { stopJobs: true }],
  auth: [{ auth: 'none' }, { auth: 'none' }],
  allowedHosts: [{ allowedHosts: ['other'] }, { 'listen.allowedHosts': ['other'] }],
  metricsAccess: [{ metricsAccess: 'anyone' }, { metricsAccess: 'anyone' }],
  'iam.webIdentity': [
    { 'iam.webIdentity': { 'https://a.example/x': { keys: '/a.json', audiences: ['b'] } } },
    { 'webIdentity.issuers': new Map([['https://a.example/x', { keys: '/a.json', audiences: ['b'] }]]) },
  ],
  'iam.unstoredRoles': [{ 'iam.unstoredRoles': 'nothing' }, { unstoredRoles: 'nothing' }],
  'iam.deliveries': [{ 'iam.deliveries': 'if-allowed' }, { deliveries: 'if-allowed' }],
  quotas: [{ quotas: 'aws' }, { quotas: 'aws' }],
  engine: [{ engine: 'mock' }, { 'engine.kind': 'mock' }],
  'engines.enabled': [{ 'engines.enabled': ['mock'] }, { 'engine.enabled': ['mock'] }],
  isolation: [{ isolation: 'required' }, { 'engine.isolation': 'required' }],
  jobsMayReadKey: [{ isolation: 'none', jobsMayReadKey: true }, { 'engine.isolation': 'none' }],
  // Only a server that is root has a choice.
  jobUser: [{ jobUser: 'caller' }, {}],
  'process.gang.network': [{ 'process.gang.network': 'own' }, { 'engine.gangNetwork': 'own' }],
  'process.ungranted': [{ 'process.ungranted': 'refuse' }, { 'engine.ungranted': 'refuse' }],
  hostNamespaces: [{ hostNamespaces: true }, { 'engine.hostNamespaces': true }],
  hostPaths: [{ hostPaths: ['/a'] }, { 'engine.hostPaths': ['/a'] }],
  'process.unmapped': [{ 'process.unmapped': 'refuse' }, { 'engine.unmapped': 'refuse' }],
  'images.pull': [{ 'images.pull': 'never' }, { 'images.pull': 'never' }],
  'images.rewrite': [
    { 'images.rewrite': { 'docker.io': 'mirror:5000/hub' } },
    { 'images.rewrite': new Map([['docker.io', 'mirror:5000/hub']]) },
  ],
  'images.registries': [
    { 'images.registries': ['r:5000=insecure', 'r:5000=login:secret', 's=ca:/ca.pem'] },
    {
      'images.registries': new Map([
        ['r:5000', { insecure: true, loginFile: '/work/secret' }],
        ['s', { caFile: '/ca.pem' }],
      ]),
    },
  ],
  'images.pullTimeout': [{ 'images.pullTimeout': '3m' }, { 'images.pullTimeout': 180_000 }],
  'images.diskSize': [{ 'images.diskSize': '1GiB' }, { 'images.diskBytes': 2 ** 30 }],
  rootFilesystems: [
    { rootFilesystems: { a: '/b' } },
    { 'engine.rootFilesystems': new Map([['a', { directory: '/b' }]]) },
  ],
  devices: [{ devices: ['/dev/fuse'] }, { 'engine.devices': ['/dev/fuse'] }],
  'efs.fileSystems': [
    { 'efs.fileSystems': { 'fs-1': 'efs' } },
    { 'fileSystems.directories': new Map([['fs-1', '/work/efs']]) },
  ],
  'efs.accessPoints': [
    { 'efs.fileSystems': { 'fs-1': '/efs' }, 'efs.accessPoints': ['fsap-1=fs-1:/a:10:20:0750', 'fsap-2=fs-1:/b'] },
    {
      'fileSystems.directories': new Map([['fs-1', '/efs']]),
      'fileSystems.accessPoints': new Map([
        ['fsap-1', { fileSystemId: 'fs-1', path: '/a', mode: 0o750, owner: { uid: 10, gid: 20 } }],
        ['fsap-2', { fileSystemId: 'fs-1', path: '/b', mode: 0o755 }],
      ]),
    },
  ],
  'docker.socket': [{ 'docker.socket': 'd.sock' }, { 'docker.sockets': ['/work/d.sock'] }],
  'docker.privileged': [{ 'docker.privileged': true }, { 'docker.privileged': true }],
  'docker.pull': [{ 'docker.pull': 'always' }, { 'docker.pull': 'always' }],
  'docker.cpuQuota': [{ 'docker.cpuQuota': true }, { 'docker.cpuQuota': true }],
  'docker.gangSubnets': [
    { 'docker.gangSubnets': '192.168.0.0/20' },
    { 'docker.gangSubnets': { first: 0xc0a80000, prefix: 20 } },
  ],
  'host.gpus': [{ 'host.gpus': ['none', 'fake-0'] }, { 'host.gpus': ['fake-0'] }],
  'host.vcpus': [{ 'host.vcpus': 5 }, { 'host.vcpus': 5 }],
  'host.memoryMiB': [{ 'host.memoryMiB': 64 }, { 'host.memoryMiB': 64 }],
  'sns.linkLocal': [{ 'sns.linkLocal': true }, { snsLinkLocal: true }],
  'sns.smtp.url': [smtp, compiledSmtp],
  'sns.smtp.from': [smtp, compiledSmtp],
  'sns.smtp.loginFile': [
    { ...smtp, 'sns.smtp.loginFile': 'login' },
    { ...compiledSmtp, 'smtp.loginFile': '/work/login' },
  ],
  'events.reach': [{ 'events.reach': 'not-local' }, { eventsReach: 'not-local' }],
  'schedules.missed': [{ 'schedules.missed': 'none' }, { missedSlots: 'none' }],
  's3.endpoint': [s3, { 's3.endpoint': 'http://store:9000' }],
  's3.accessKeyId': [s3Key, compiledS3Key],
  's3.secretAccessKeyFile': [s3Key, compiledS3Key],
  instanceTypes: [{ instanceTypes: 'types.json' }, { instanceTypesFile: '/work/types.json' }],
  'fairShare.minimumDecay': [{ 'fairShare.minimumDecay': '10m' }, { minimumShareDecay: 600_000 }],
  'lambda.functions': [
    { 'lambda.functions': ['f=http://localhost:9000/'] },
    {
      functions: new Map([
        ['f', { name: 'f', run: { kind: 'url', url: 'http://localhost:9000/' }, timeout: 3_000, concurrency: 100 }],
      ]),
    },
  ],
  'fargate.run': [{ 'fargate.run': '1d' }, { fargateRun: day }],
  'instances.bootDelay': [{ 'instances.bootDelay': '90s' }, { 'instances.bootDelay': 90_000 }],
  'instances.interruptionSeed': [{ 'instances.interruptionSeed': 0 }, { 'instances.interruptionSeed': 0 }],
  'queues.blockedAfter': [{ 'queues.blockedAfter': '5m' }, { blockedAfter: 300_000 }],
  'retention.finishedJobs': [{ 'retention.finishedJobs': '8d' }, { 'retention.finishedJobs': 8 * day }],
  'retention.finishedJobCount': [{ 'retention.finishedJobCount': 9 }, { 'retention.finishedJobCount': 9 }],
  'retention.finishedExecutions': [
    { 'retention.finishedExecutions': '10d' },
    { 'retention.finishedExecutions': 10 * day },
  ],
  'retention.usage': [{ 'retention.usage': '11d' }, { 'retention.usage': 11 * day }],
  'logs.rate': [{ 'logs.rate': '2KiB' }, { 'logs.rateBytesPerSecond': 2_048 }],
  'logs.attemptSize': [{ 'logs.attemptSize': '3KiB' }, { 'logs.attemptBytes': 3_072 }],
  'logs.diskSize': [{ 'logs.diskSize': '4MiB' }, { 'logs.diskBytes': 4 * 2 ** 20 }],
  'audit.records': [{ 'audit.records': 'off' }, { 'audit.isOn': false }],
  'audit.retention': [{ 'audit.retention': '1d' }, { 'audit.retention': 86_400_000 }],
  'audit.diskSize': [{ 'audit.diskSize': '64MiB' }, { 'audit.diskBytes': 67_108_864 }],
  'trails.to': [
    { ...s3, 's3.accessKeyId': 'minio', 's3.secretAccessKeyFile': '/key', 'trails.to': 's3' },
    { ...s3, 's3.accessKeyId': 'minio', 's3.secretAccessKeyFile': '/key', 'trails.to': 's3' },
  ],
  'trails.directory': [{ 'trails.directory': '/trails' }, { 'trails.directory': '/trails' }],
  'trails.region': [{ 'trails.region': 'eu-west-1' }, { 'trails.region': 'eu-west-1' }],
  'trails.every': [{ 'trails.every': '1m' }, { 'trails.every': 60_000 }],
  'trails.digestEvery': [{ 'trails.digestEvery': '2m' }, { 'trails.digestEvery': 120_000 }],
  'metrics.diskSize': [{ 'metrics.diskSize': '8MiB' }, { 'metrics.diskBytes': 8_388_608 }],
  'audit.sync': [{ 'audit.sync': 'always' }, { 'audit.syncAlways': true }],
  'disk.reserve': [{ 'disk.reserve': '5KiB' }, { diskReserveBytes: 5_120 }],
  'limits.body': [{ 'limits.body': '64KiB' }, { 'limits.bodyBytes': 65_536 }],
  'limits.arriving': [{ 'limits.arriving': '20MiB' }, { 'limits.arrivingBytes': 20 * 2 ** 20 }],
  'limits.connections': [{ 'limits.connections': 100 }, { 'limits.connections': 100 }],
  'limits.headers': [{ 'limits.headers': '5KiB' }, { 'limits.headerBytes': 5_120 }],
  'limits.depth': [{ 'limits.depth': 9 }, { 'limits.jsonDepth': 9 }],
  'limits.requestTime': [{ 'limits.requestTime': '2s' }, { 'limits.requestTime': 2_000 }],
  'log.level': [{ 'log.level': 'warn' }, { 'log.level': 'warn' }],
  'log.format': [{ 'log.format': 'json' }, { 'log.format': 'json' }],
  failpoint: [{ failpoint: 'runner.claimed:3' }, { 'failpoint.name': 'runner.claimed', 'failpoint.passes': 3 }],
};

/** Every value by its path. */
function valuesOf(compiled: CompiledOptions): Readonly<Record<string, unknown>> {
  const values = Object.entries(compiled).flatMap(([section, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !(value instanceof Map)
      ? Object.entries(value).map(([name, each]) => [`${section}.${name}`, each] as const)
      : [[section, value] as const],
  );
  return Object.fromEntries(values);
}

const unwritten = valuesOf(compileOptions({}, machine));
for (const [name, [written, changed]] of Object.entries(effects)) {
  test(`what is written as ${name} comes to its own place, and changes nothing else`, () => {
    const compiled = Object.entries(valuesOf(compileOptions(written, machine)));
    const found = compiled.filter(([path, value]) => !isDeepStrictEqual(value, unwritten[path]));
    assert.deepEqual(Object.fromEntries(found), changed);
  });
}
