import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { compileOptions } from './compile-options.ts';
import type { Machine } from './machine.ts';
import { environmentSource, fileSource, flagSource } from './option-sources.ts';
import { mergeOptions, type Options, OptionsError } from './options.ts';
import { environmentName, flagName, optionNames } from './options-table.ts';

const machine: Machine = {
  vcpus: 4,
  memoryMiB: 8_000,
  files: 1_024,
  root: false,
  terminal: true,
  users: () => [['jobs', 'x', '1001', '1002']],
  directory: '/work',
};
const compile = (options: Options, facts: Partial<Machine> = {}) => compileOptions(options, { ...machine, ...facts });
const refused = (words: RegExp) => (error: unknown) => error instanceof OptionsError && words.test(error.message);

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'batchyard-options-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function writeOptions(content: unknown, name = 'batchyard.json'): void {
  writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
}

test('without any option the server is the documented one', () => {
  const options = compile({});
  assert.equal(options.listen.port, 9470);
  assert.equal(options.listen.address, '127.0.0.1');
  assert.deepEqual(options.data, {
    directory: '/work/.batchyard',
    ephemeral: false,
    moved: false,
    acceptLostCommits: false,
  });
  assert.equal(options.account, '123456789012');
  assert.equal(options.region, 'us-east-1');
  assert.equal(options.auth, 'sigv4');
  assert.equal(options.engine.kind, undefined);
  assert.deepEqual(options.host, { vcpus: 4, memoryMiB: 8_000 });
  assert.equal(options.retention.finishedJobs, 7 * 86_400_000);
  assert.equal(options.logs.rateBytesPerSecond, 8 * 2 ** 20);
});

test('a flag beats the environment, which beats the file, which beats the default', () => {
  writeOptions({ port: 1, region: 'eu-west-1', account: '111111111111' });
  const file = fileSource(undefined, directory);
  assert.ok(file);
  const environment = environmentSource({ BATCHYARD_PORT: '2', BATCHYARD_REGION: 'eu-west-2', HOME: '/x' }, '/work');
  const flags = flagSource({ port: '3' }, '/work');
  const options = compileOptions(mergeOptions([file, environment, flags]), machine);
  assert.deepEqual(
    [options.listen.port, options.region, options.account, options.auth],
    [3, 'eu-west-2', '111111111111', 'sigv4'],
  );
});

test('names nest in the file, and paths in it start where the file is', () => {
  writeOptions(
    { $schema: 'x', host: { vcpus: 64 }, data: 'state', rootFilesystems: { alpine: '../alpine' } },
    'my.json',
  );
  const file = fileSource('my.json', directory);
  assert.ok(file);
  const options = compileOptions(mergeOptions([file]), machine);
  assert.equal(options.host.vcpus, 64);
  assert.equal(options.data.directory, join(directory, 'state'));
  assert.deepEqual(options.engine.rootFilesystems.get('alpine'), { directory: join(directory, '..', 'alpine') });
});

test('a root file system may say in a file what it runs, and nothing else', () => {
  const compiled = (root: unknown) =>
    compileOptions(mergeOptions([flagSource({ rootFilesystems: { a: root } }, '/work')]), machine).engine
      .rootFilesystems;
  const said = { directory: 'a', command: ['sh', '-c', 'date'], environment: { TZ: 'UTC' } };
  assert.deepEqual(compiled(said).get('a'), { ...said, directory: '/work/a' });
  assert.deepEqual(compiled({ directory: '/b' }).get('a'), { directory: '/b' });
  for (const wrong of [
    1,
    '',
    [],
    null,
    {},
    { ...said, directory: '' },
    { ...said, command: 'sh' },
    { ...said, command: [1] },
  ])
    assert.throws(() => compiled(wrong), /must give a a directory, or an object of directory, command/);
  assert.throws(() => compiled({ ...said, environment: { TZ: 1 } }), /environment \(names with values\)/);
  assert.throws(() => compiled({ ...said, user: 'me' }), /says user of a: known are directory, command, environment/);
});

test('lists and maps are written with commas or by repeating the flag', () => {
  const once = compileOptions(mergeOptions([flagSource({ hostPaths: '/a,/b' }, '/work')]), machine);
  const twice = compileOptions(mergeOptions([flagSource({ hostPaths: ['/a', 'b'] }, '/work')]), machine);
  assert.deepEqual(once.engine.hostPaths, ['/a', '/b']);
  assert.deepEqual(twice.engine.hostPaths, ['/a', '/work/b']);
  const images = compileOptions(mergeOptions([flagSource({ rootFilesystems: ['a:1=/a', 'b=/b'] }, '/work')]), machine);
  assert.deepEqual(
    [...images.engine.rootFilesystems],
    [
      ['a:1', { directory: '/a' }],
      ['b', { directory: '/b' }],
    ],
  );
});

test('a missing options file is no error unless it was named', () => {
  assert.equal(fileSource(undefined, directory), undefined);
  assert.throws(() => fileSource('absent.json', directory), refused(/cannot read the options file .*absent\.json/));
});

test('an unknown name is refused wherever it stands, with the nearest known one', () => {
  writeOptions({ prot: 1 });
  assert.throws(() => fileSource(undefined, directory), refused(/unknown option prot; did you mean port\?/));
  writeOptions({ host: { vcpu: 1 } });
  assert.throws(
    () => fileSource(undefined, directory),
    refused(/unknown option host\.vcpu; did you mean host\.vcpus\?/),
  );
  assert.throws(
    () => environmentSource({ BATCHYARD_PROT: '1' }, '/work'),
    refused(/unknown environment variable BATCHYARD_PROT; did you mean BATCHYARD_PORT\?/),
  );
});

test('a file that is no JSON object is refused', () => {
  writeOptions('{');
  assert.throws(() => fileSource(undefined, directory), refused(/is not JSON/));
  writeOptions('[1]');
  assert.throws(() => fileSource(undefined, directory), refused(/must hold one JSON object/));
});

test('a bad value is refused with the place where it was given', () => {
  const merged = mergeOptions([environmentSource({ BATCHYARD_PORT: 'http' }, '/work')]);
  assert.throws(
    () => compileOptions(merged, machine),
    refused(/port \(environment variable BATCHYARD_PORT\) must be a whole number from 0 to 65535, not "http"/),
  );
});

const badValues: readonly (readonly [Options, RegExp])[] = [
  [{ engine: 'mock', 'engines.enabled': ['process'] }, /mock is not among engines.enabled \(process\)/],
  [{ port: 65_536 }, /port .* from 0 to 65535/],
  [{ account: '12' }, /twelve digits/],
  [{ region: 'here' }, /a region such as us-east-1/],
  [{ 'retention.finishedJobs': '6d' }, /at least 7d/],
  [{ 'retention.finishedJobs': '7' }, /a number with a unit/],
  [{ 'logs.rate': '8MB' }, /KiB, MiB/],
  [{ 'host.memoryMiB': 8_001 }, /more than this machine has \(8000 MiB\)/],
  [{ 'tls.key': 'key.pem' }, /given together/],
  [
    { 'iam.webIdentity': ['http://a.example=keys.json'] },
    /must name issuers by an https URL without a query, not http:/,
  ],
  [{ 'iam.webIdentity': ['https://a.example=http://b.example/keys'] }, /from a file or an https URL, not http:/],
  [
    { 'iam.webIdentity': { 'https://a.example': { audiences: ['b'] } } },
    /must give https:\/\/a.example an object of keys/,
  ],
  [
    { 'iam.webIdentity': { 'https://a.example': { keys: 'k', audiences: [] } } },
    /must give https:\/\/a.example an object of keys/,
  ],
  [{ 'images.registries': ['r=secure'] }, /must say insecure, ca:FILE or login:FILE of r, not secure/],
  [{ 'images.registries': { r: { user: 'me' } as object } }, /says user of r: known are ca, insecure, login/],
  [{ 'images.registries': { r: { insecure: 'yes' } as object } }, /must give r an object of ca/],
  [
    { bind: '0.0.0.0', insecureBind: true, 'process.unmapped': 'host' },
    /process\.unmapped: host would show the files of this machine/,
  ],
  [{ failpoint: 'nowhere' }, /unknown failpoint nowhere/],
  [{ 'docker.gangSubnets': '10.231.0.0/25' }, /10\.231\.0\.0\/25 is no range of IPv4 addresses of at least 256/],
  [{ 'docker.gangSubnets': 'fd00::/64' }, /fd00::\/64 is no range of IPv4/],
  [{ 's3.endpoint': 'localhost:9000' }, /http or https URL/],
  [
    { 's3.endpoint': 'http://s3', 's3.accessKeyId': 'jobs' },
    /s3.accessKeyId and s3.secretAccessKeyFile must be given together/,
  ],
  [{ 's3.accessKeyId': 'jobs', 's3.secretAccessKeyFile': 'key' }, /there is no s3.endpoint/],
  [{ 'sns.smtp.url': 'smtp://mail' }, /sns\.smtp\.url and sns\.smtp\.from must be given together/],
  [{ 'sns.smtp.url': 'smtp://me:secret@mail', 'sns.smtp.from': 'a@b' }, /without a login \(sns\.smtp\.loginFile\)/],
  [{ 'sns.smtp.url': 'smtp://mail', 'sns.smtp.from': 'a@b\r\nBcc: c@d' }, /must be an address/],
  [{ 'sns.smtp.loginFile': 'login' }, /there is no sns\.smtp\.url that it would be the login of/],
];
for (const [options, words] of badValues) {
  test(`${JSON.stringify(options)} is refused`, () => {
    assert.throws(() => compile(options), refused(words));
  });
}

test('a bad value is refused though a better source overrides it, or nothing asks for it', () => {
  const port = mergeOptions([environmentSource({ BATCHYARD_PORT: 'http' }, '/work'), flagSource({ port: 0 }, '/work')]);
  assert.throws(() => compileOptions(port, machine), refused(/^port \(environment variable BATCHYARD_PORT\) must be/));
  const unused = mergeOptions([environmentSource({ BATCHYARD_INSECURE_BIND: 'maybe' }, '/work')]);
  assert.throws(() => compileOptions(unused, machine), refused(/^insecureBind .* must be true or false, not "maybe"$/));
});

test('vCPUs may be more than the machine has', () => {
  assert.equal(compile({ 'host.vcpus': 64 }).host.vcpus, 64);
});

test('an address that other machines reach needs TLS or an explicit word, and then isolation', () => {
  assert.throws(() => compile({ bind: '0.0.0.0' }), refused(/--insecure-bind/));
  const plain = compile({ bind: '0.0.0.0', insecureBind: true });
  assert.deepEqual([plain.listen.loopback, plain.engine.isolation], [false, 'required']);
  assert.deepEqual([plain.unstoredRoles, plain.deliveries], ['nothing', 'if-allowed']);
  const tls = compile({ bind: '::', 'tls.certificate': 'c.pem', 'tls.key': 'k.pem' });
  assert.deepEqual(tls.listen.tls, { certificateFile: '/work/c.pem', keyFile: '/work/k.pem' });
});

test('loopback addresses need neither', () => {
  for (const bind of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) {
    const options = compile({ bind });
    assert.deepEqual([options.listen.loopback, options.engine.isolation], [true, 'preferred'], bind);
    assert.deepEqual([options.unstoredRoles, options.deliveries], ['their-purpose', 'unless-denied'], bind);
  }
});

test('no isolation is asked for twice where jobs could read the root key, and once where they cannot', () => {
  const none: Options = { isolation: 'none' };
  assert.throws(() => compile(none), refused(/lets jobs read the root key.*--jobs-may-read-key/));
  const caller: Options = { ...none, jobUser: 'caller', ephemeral: true };
  assert.throws(() => compile(caller, { root: true }), refused(/--jobs-may-read-key/));
  for (const options of [
    { ...none, jobsMayReadKey: true },
    { ...none, auth: 'none' as const },
  ]) {
    assert.equal(compile(options).engine.isolation, 'none');
  }
  assert.equal(compile(none, { root: true }).engine.isolation, 'none');
});

test('the host of the public URL is a name of the server', () => {
  const options = compile({ publicUrl: 'https://batch.example:8443', allowedHosts: ['other'] });
  assert.equal(options.publicUrl, 'https://batch.example:8443');
  assert.deepEqual(options.listen.allowedHosts, ['other', 'batch.example']);
  assert.throws(() => compile({ publicUrl: 'https://batch.example/path' }), refused(/^publicUrl .*without a path/));
});

test('a server of root runs its jobs as nobody, and never as root', () => {
  assert.deepEqual(compile({}, { root: true }).engine.jobUser, { uid: 65_534, gid: 65_534 });
  assert.deepEqual(compile({ jobUser: 'jobs' }, { root: true }).engine.jobUser, { uid: 1001, gid: 1002 });
  assert.deepEqual(compile({ jobUser: '7:8' }, { root: true }).engine.jobUser, { uid: 7, gid: 8 });
  assert.throws(() => compile({ jobUser: 'absent' }, { root: true }), refused(/no user absent/));
  for (const jobUser of ['0', '00', '5:0', 'caller']) {
    assert.throws(() => compile({ jobUser }, { root: true }), refused(/never run as root/), jobUser);
  }
});

test('a server that is not root runs its jobs as itself only', () => {
  assert.equal(compile({}).engine.jobUser, 'caller');
  assert.throws(() => compile({ jobUser: 'jobs' }), refused(/only a server that is root/));
});

test('an ephemeral server of root may run jobs as root, when told so', () => {
  assert.equal(compile({ jobUser: 'caller', ephemeral: true }, { root: true }).engine.jobUser, 'caller');
});

test('what confirms a single start is a flag only, neither in a file nor in the environment', () => {
  for (const name of ['moved', 'acceptLostCommits']) {
    writeOptions({ [name]: true });
    assert.throws(() => fileSource(undefined, directory), refused(new RegExp(`${name} is only a flag`)));
  }
  assert.throws(
    () => environmentSource({ BATCHYARD_MOVED: 'true' }, directory),
    refused(/unknown environment variable/),
  );
});

test('connections take at most half of the files that the system lets the server open', () => {
  const connections = (written?: number, files?: number) =>
    compile(written === undefined ? {} : { 'limits.connections': written }, { files }).limits.connections;
  assert.deepEqual(
    [1_024, 1_048_576, 64, undefined].map((files) => connections(undefined, files)),
    [480, 4096, 8, 4096],
  );
  assert.deepEqual([connections(480, 1_024), connections(10_000, undefined)], [480, 10_000]);
  assert.throws(() => connections(481, 1_024), refused(/481 need a limit of 1026 open files, and it is 1024 here/));
  assert.throws(
    () => connections(undefined, 63),
    refused(/needs a limit of 64 open files at least, and it is 63 here/),
  );
});

test('arriving bodies get a share of the memory, never less than one body', () => {
  const arriving = (options: Options, memoryMiB: number) =>
    compile(options, { memoryMiB }).limits.arrivingBytes / 2 ** 20;
  assert.deepEqual([arriving({}, 256), arriving({}, 1_024), arriving({}, 64_000)], [16, 32, 64]);
  assert.equal(arriving({ 'limits.body': '100MiB' }, 256), 100);
  assert.throws(() => arriving({ 'limits.body': '8MiB', 'limits.arriving': '4MiB' }, 256), refused(/limits.arriving/));
});

test('every option has its own environment variable and flag', () => {
  assert.equal(environmentName('host.memoryMiB'), 'BATCHYARD_HOST_MEMORY_MIB');
  assert.equal(flagName('host.memoryMiB'), '--host-memory-mib');
  assert.equal(environmentName('insecureBind'), 'BATCHYARD_INSECURE_BIND');
  assert.equal(flagName('s3.endpoint'), '--s3-endpoint');
  assert.equal(new Set(optionNames.map(environmentName)).size, optionNames.length);
  assert.equal(new Set(optionNames.map(flagName)).size, optionNames.length);
});
