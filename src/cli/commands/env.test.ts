import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ManualClock, SystemClock } from '../../core/clock.ts';
import { readRootCredentials } from '../../main/root-credentials.ts';
import { runCommand } from '../invocation.fixture.ts';
import { startTestServer } from '../server.fixture.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'batchyard-env-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The variables that a POSIX shell has after evaluating `text`. */
function evaluated(text: string, before: NodeJS.ProcessEnv = {}): Readonly<Record<string, string>> {
  const output = execFileSync('/bin/sh', ['-c', 'eval "$TEXT"; unset TEXT; env -0'], {
    env: { ...before, TEXT: text },
  });
  const entries = output
    .toString()
    .split('\0')
    .filter((entry) => entry.includes('='));
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

test('env prints exports that a shell takes, with the key of the data directory', async () => {
  const { exitCode, stdout } = await runCommand(['env', '--port', '1234', '--data', 'd'], { directory });
  const key = readRootCredentials(join(directory, 'd'));
  assert.ok(key);
  assert.equal(exitCode, 0);
  assert.ok(
    stdout
      .split('\n')
      .slice(0, -3)
      .every((line) => /^export [A-Z_]+=/.test(line)),
    stdout,
  );
  const variables = evaluated(stdout, { AWS_PROFILE: 'other', AWS_SESSION_TOKEN: 'old' });
  assert.equal(variables.AWS_ENDPOINT_URL, 'http://127.0.0.1:1234');
  assert.equal(variables.AWS_ACCESS_KEY_ID, key.accessKeyId);
  assert.equal(variables.AWS_SECRET_ACCESS_KEY, key.secretAccessKey);
  assert.equal(variables.AWS_REGION, 'us-east-1');
  assert.equal(variables.AWS_DEFAULT_REGION, 'us-east-1');
  assert.equal(variables.AWS_PROFILE, undefined);
  assert.equal(variables.AWS_SESSION_TOKEN, undefined);
  assert.equal(variables.AWS_ENDPOINT_URL_S3, undefined);
});

const loopback =
  (...names: readonly string[]) =>
  async () =>
    Object.fromEntries(names.map((name) => [name, ['127.0.0.1']]));

test('env names a host whose sync- form leads to the server too, if there is one', async () => {
  const endpoint = async (...names: readonly string[]) => {
    const { stdout } = await runCommand(['env'], { directory, resolve: loopback(...names) });
    const { AWS_ENDPOINT_URL, AWS_DISABLE_HOST_PREFIX_INJECTION } = evaluated(stdout);
    return [AWS_ENDPOINT_URL, AWS_DISABLE_HOST_PREFIX_INJECTION, stdout.includes('#')];
  };
  const both = ['batchyard.localhost', 'sync-batchyard.localhost'];
  const forStreams = (name: string) => [`stream-${name}`, `streaming-${name}`];
  const named = ['http://batchyard.localhost:9470', 'true', false];
  assert.deepEqual(await endpoint(...both), named, 'boto3 and the aws CLI then tail logs too');
  assert.deepEqual(await endpoint(...both, 'stream-batchyard.localhost'), named, 'some put the other before it');
  const all = [...both, ...forStreams('batchyard.localhost')];
  assert.deepEqual(await endpoint(...all), ['http://batchyard.localhost:9470', undefined, false]);
  const local = ['localhost', 'sync-localhost', ...forStreams('localhost')];
  assert.deepEqual(await endpoint(...both, ...local), ['http://localhost:9470', undefined, false]);
  assert.deepEqual(await endpoint('sync-127.0.0.1'), ['http://127.0.0.1:9470', 'true', false]);
  assert.deepEqual(await endpoint('sync-127.0.0.1', ...both), ['http://batchyard.localhost:9470', 'true', false]);
  assert.deepEqual(await endpoint('localhost', 'sync-batchyard.localhost'), ['http://127.0.0.1:9470', 'true', true]);
});

test('env looks at where the names lead: to the address that the server has, which a name may stand for', async () => {
  const all = ['batchyard.localhost', 'sync-batchyard.localhost'];
  const endpoint = async (bind: string, names: Readonly<Record<string, readonly string[]>>) => {
    const { stdout } = await runCommand(['env', '--bind', bind], { directory, resolve: async () => names });
    return evaluated(stdout).AWS_ENDPOINT_URL;
  };
  const at = (...addresses: readonly string[]) => Object.fromEntries(all.map((name) => [name, addresses]));
  assert.equal(await endpoint('::1', at('127.0.0.1')), 'http://[::1]:9470');
  assert.equal(await endpoint('::1', at('127.0.0.1', '::1')), 'http://batchyard.localhost:9470');
  assert.equal(await endpoint('0.0.0.0', at('127.0.0.1')), 'http://batchyard.localhost:9470');
  assert.equal(await endpoint('localhost', { localhost: ['::1'], ...at('::1') }), 'http://batchyard.localhost:9470');
  assert.equal(await endpoint('10.0.0.7', at('10.0.0.7')), 'http://10.0.0.7:9470');
  assert.equal(await endpoint('yard', { yard: ['10.0.0.7'], 'sync-yard': ['10.0.0.7'] }), 'http://yard:9470');
});

test('where no such name leads to the server, env has boto3 and the aws CLI leave sync- out, and says last who else needs what', async () => {
  for (const [format, variable] of Object.entries({
    posix: 'export AWS_DISABLE_HOST_PREFIX_INJECTION=true',
    fish: "set -gx AWS_DISABLE_HOST_PREFIX_INJECTION 'true';",
    powershell: "$env:AWS_DISABLE_HOST_PREFIX_INJECTION = 'true'",
  })) {
    const { stdout, stderr } = await runCommand(['env', '--format', format], { directory });
    assert.ok(stdout.includes(variable), stdout);
    assert.equal(
      stderr.match(/^batchyard: StartSyncExecution and TestState .* need: batchyard env --hosts$/gm)?.length,
      1,
    );
    assert.match(stdout, /\n# StartSyncExecution and TestState .* need: batchyard env --hosts\n$/);
  }
  const { stdout } = await runCommand(['env', '--bind', '2001:db8::1'], { directory });
  assert.match(stdout, /\n# .* need: a setting in code, as nothing can stand before the address 2001:db8::1\n$/);
});

test('env answers the same key each time, and says when it made it', async () => {
  const world = { directory, resolve: loopback('localhost', 'sync-localhost') };
  const first = await runCommand(['env', '--port', '1'], world);
  assert.equal(first.stderr, `batchyard: made a new key in ${directory}/.batchyard: no server has run there yet.\n`);
  const second = await runCommand(['env', '--port', '1'], world);
  assert.deepEqual([second.stdout, second.stderr], [first.stdout, '']);
});

test('env names everything that its flags say of the server, whatever it may listen on', async () => {
  const words = ['--bind', '::', '--port', '9580', '--tls-certificate', 'c', '--tls-key', 'k', '--region', 'eu-west-1'];
  const { stdout } = await runCommand(['env', '--format', 'json', ...words], { directory });
  const { AWS_ENDPOINT_URL, AWS_REGION } = JSON.parse(stdout);
  assert.deepEqual([AWS_ENDPOINT_URL, AWS_REGION], ['https://[::1]:9580', 'eu-west-1']);
  const plain = await runCommand(['env', '--format', 'json', '--bind', '0.0.0.0'], { directory });
  assert.equal(JSON.parse(plain.stdout).AWS_ENDPOINT_URL, 'http://127.0.0.1:9470');
});

test('env finds a running server by its data directory alone; flags win, the environment does not', async () => {
  await using server = await startTestServer({ region: 'eu-west-1' });
  const environment = { BATCHYARD_PORT: '1', BATCHYARD_REGION: 'us-west-2' };
  const words = ['env', '--format', 'json', '--data', server.dataDirectory];
  const { stdout, stderr } = await runCommand(words, { directory, environment });
  const found = JSON.parse(stdout);
  assert.deepEqual([found.AWS_ENDPOINT_URL, found.AWS_REGION], [server.url, 'eu-west-1']);
  assert.match(stderr, /^batchyard: StartSyncExecution .*\n$/);
  const other = await runCommand([...words, '--region', 'us-east-2'], { directory, environment });
  assert.equal(JSON.parse(other.stdout).AWS_REGION, 'us-east-2');
});

test('env says that the server at the port does not know the key of another directory', async () => {
  await using server = await startTestServer();
  const words = ['env', '--port', new URL(server.url).port];
  const clock = new SystemClock();
  const foreign = await runCommand(words, { directory, clock });
  assert.match(foreign.stderr, /made a new key in .*\n.*the server at .* does not know this key: .* with --data\.\n$/);
  const { AWS_ENDPOINT_URL, ...key } = evaluated(foreign.stdout);
  const { exitCode, stderr } = await runCommand(['jobs'], {
    ...{ directory, clock },
    environment: { AWS_ENDPOINT_URL, ...key },
  });
  clock.close();
  assert.equal(exitCode, 1);
  assert.match(stderr, /^batchyard: UnrecognizedClientException: .* run batchyard env with the --data of the server/);
});

test('env does not wait for somebody who listens and says nothing', async (t) => {
  const mute = createServer().listen(0, '127.0.0.1');
  t.after(() => mute.close());
  await once(mute, 'listening');
  const clock = new ManualClock();
  mute.on('connection', () => clock.advance(1_000));
  const { port } = mute.address() as AddressInfo;
  const { exitCode } = await runCommand(['env', '--port', String(port)], { directory, clock });
  assert.equal(exitCode, 0);
});

test('env names the S3 server, and quotes what a shell would take apart', async () => {
  const url = "http://s3.local/it's?a=1&b=$HOME";
  writeFileSync(join(directory, 'batchyard.json'), JSON.stringify({ s3: { endpoint: url }, port: 8080 }));
  const { stdout } = await runCommand(['env'], { directory });
  const variables = evaluated(stdout);
  assert.equal(variables.AWS_ENDPOINT_URL_S3, url);
  assert.equal(variables.AWS_ENDPOINT_URL, 'http://127.0.0.1:8080');
});

test('env names a server that listens everywhere by loopback, with https when it has a certificate', async () => {
  const environment = { BATCHYARD_BIND: '::', BATCHYARD_TLS_CERTIFICATE: 'c', BATCHYARD_TLS_KEY: 'k' };
  const { stdout } = await runCommand(['env', '--format', 'json'], { directory, environment });
  assert.equal(JSON.parse(stdout).AWS_ENDPOINT_URL, 'https://[::1]:9470');
});

test('env speaks fish, PowerShell and JSON too', async () => {
  const fish = await runCommand(['env', '--format', 'fish'], { directory });
  assert.match(fish.stdout, /^set -gx AWS_ENDPOINT_URL 'http:\/\/127\.0\.0\.1:9470';$/m);
  assert.match(fish.stdout, /^set -e AWS_PROFILE;$/m);
  const powershell = await runCommand(['env', '--format', 'powershell'], { directory });
  assert.match(powershell.stdout, /^\$env:AWS_REGION = 'us-east-1'$/m);
  const json = await runCommand(['env', '--format', 'json'], { directory });
  assert.equal(JSON.parse(json.stdout).AWS_SESSION_TOKEN, null);
  assert.equal((await runCommand(['env', '--format', 'csh'], { directory })).exitCode, 2);
});
