import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { certificates } from '../certificates.fixture.ts';
import { type CommandResult, runCommand } from '../invocation.fixture.ts';
import type { ResolveNames } from '../resolve-names.ts';

const bare = '127.0.0.1\tlocalhost\n';
const line =
  '127.0.0.1 batchyard.localhost sync-batchyard.localhost stream-batchyard.localhost streaming-batchyard.localhost # batchyard';

let root = '';
let directory = '';
let hostsFile = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'batchyard-hosts-'));
  directory = join(root, 'home');
  mkdirSync(directory);
  hostsFile = join(root, 'hosts');
  writeFileSync(hostsFile, bare);
});
afterEach(() => rmSync(root, { recursive: true }));

/** As the C library does with `files`: by the hosts file. */
const resolve: ResolveNames = async (names) => {
  const lines = readFileSync(hostsFile, 'utf8')
    .split('\n')
    .map((text) => text.replace(/#.*/, '').trim().split(/\s+/));
  const found = (name: string) =>
    lines.filter((words) => words.slice(1).includes(name)).map(([address = '']) => address);
  return Object.fromEntries(names.map((name) => [name, found(name)]));
};

function env(words: readonly string[], world: Parameters<typeof runCommand>[1] = {}): Promise<CommandResult> {
  return runCommand(['env', ...words], { directory, hostsFile, resolve, ...world });
}

test('env --hosts --yes writes the line once, makes no key, and env then names the host', async () => {
  const first = await env(['--hosts', '--yes']);
  assert.deepEqual([first.exitCode, first.stdout], [0, '']);
  assert.ok(first.stderr.includes(`to be added to ${hostsFile}:\n  ${line}\n`), first.stderr);
  assert.equal(readFileSync(hostsFile, 'utf8'), `${bare}${line}\n`);
  const second = await env(['--hosts', '--yes']);
  assert.equal(second.exitCode, 0);
  assert.match(
    second.stderr,
    /^batchyard: batchyard\.localhost and sync-\S+ lead to the server already: nothing to add\.\n$/,
  );
  assert.equal(readFileSync(hostsFile, 'utf8'), `${bare}${line}\n`);
  assert.deepEqual(readdirSync(directory), []);
  const { stdout } = await env(['--format', 'json']);
  const { AWS_ENDPOINT_URL, AWS_DISABLE_HOST_PREFIX_INJECTION } = JSON.parse(stdout);
  assert.deepEqual(
    [AWS_ENDPOINT_URL, AWS_DISABLE_HOST_PREFIX_INJECTION],
    ['http://batchyard.localhost:9470', undefined],
  );
});

test('a machine that has the older line gets the names that StartLiveTail needs beside it', async () => {
  const older = '127.0.0.1 batchyard.localhost sync-batchyard.localhost # batchyard';
  writeFileSync(hostsFile, `${bare}${older}\n`);
  const variable = async () => JSON.parse((await env(['--format', 'json'])).stdout).AWS_DISABLE_HOST_PREFIX_INJECTION;
  assert.equal(await variable(), 'true');
  assert.equal((await env(['--hosts', '--yes'])).exitCode, 0);
  const added = '127.0.0.1 stream-batchyard.localhost streaming-batchyard.localhost # batchyard';
  assert.equal(readFileSync(hostsFile, 'utf8'), `${bare}${older}\n${added}\n`);
  assert.equal(await variable(), undefined);
});

test('env --hosts writes only what the user agrees to', async () => {
  const questions: string[] = [];
  const answer = (given: boolean) => async (question: string) => {
    questions.push(question);
    return given;
  };
  const nobody = await env(['--hosts']);
  assert.equal(nobody.exitCode, 2);
  assert.match(nobody.stderr, /\n {2}127\.0\.0\.1 batchyard\.localhost .*\nbatchyard: .*confirm with --yes\n$/);
  const refused = await env(['--hosts'], { confirm: answer(false) });
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /hosts is as it was\n$/);
  assert.equal(readFileSync(hostsFile, 'utf8'), bare);
  assert.equal((await env(['--hosts'], { confirm: answer(true) })).exitCode, 0);
  assert.equal(readFileSync(hostsFile, 'utf8'), `${bare}${line}\n`);
  assert.deepEqual(questions, ['Add it? [y/N] ', 'Add it? [y/N] ']);
  assert.equal((await env(['--yes'])).exitCode, 2);
});

test('env --hosts takes the address that the server has', async () => {
  assert.equal((await env(['--hosts', '--yes', '--bind', '::1'])).exitCode, 0);
  assert.equal((await env(['--hosts', '--yes', '--bind', '0.0.0.0'])).exitCode, 0);
  assert.equal((await env(['--hosts', '--yes', '--bind', '10.0.0.7'])).exitCode, 0);
  assert.equal(
    readFileSync(hostsFile, 'utf8'),
    `${bare}${line.replace('127.0.0.1', '::1')}\n${line}\n10.0.0.7 sync-10.0.0.7 stream-10.0.0.7 streaming-10.0.0.7 # batchyard\n`,
  );
  const address = await env(['--hosts', '--yes', '--bind', 'fd00::7']);
  assert.equal(address.exitCode, 1);
  assert.match(address.stderr, /no line of \S+ helps: nothing can stand before the address fd00::7\n$/);
});

test('env --hosts says in words why it cannot write the line, and who can', async () => {
  hostsFile = join(root, 'none', 'hosts');
  const { exitCode, stderr } = await env(['--hosts', '--yes'], { resolve: async () => ({}) });
  assert.equal(exitCode, 1);
  assert.ok(stderr.includes(`hosts does not exist: let somebody`), stderr);
  assert.ok(stderr.includes(`: echo '${line}' | sudo tee -a ${hostsFile}. In a container`), stderr);
});

test('env --hosts says that the system does not heed the file, and writes nothing twice', async () => {
  const world = { resolve: async () => ({}) };
  for (let round = 0; round < 2; round++) {
    const { exitCode, stderr } = await env(['--hosts', '--yes'], world);
    assert.equal(exitCode, 1);
    assert.match(stderr, /the names are in \S+, and this system does not find them there: .* \/etc\/nsswitch\.conf/);
  }
  assert.equal(readFileSync(hostsFile, 'utf8'), `${bare}${line}\n`);
});

test('env --hosts leaves a name alone that the file gives another address', async () => {
  writeFileSync(hostsFile, `${bare}10.0.0.7 batchyard.localhost\n`);
  const { exitCode, stderr } = await env(['--hosts', '--yes']);
  assert.equal(exitCode, 1);
  assert.match(stderr, /gives batchyard\.localhost the address 10\.0\.0\.7 in line 2: take that away first\n$/);
  assert.equal(readFileSync(hostsFile, 'utf8'), `${bare}10.0.0.7 batchyard.localhost\n`);
});

/** Flags of a server with one of the certificates. */
function certified(name: keyof typeof certificates): readonly string[] {
  const file = join(root, `${name}.pem`);
  writeFileSync(file, certificates[name]);
  return ['--tls-certificate', file, '--tls-key', file];
}

test('with a certificate only names that it is for are chosen, behind sync- too', async () => {
  const endpoint = async (words: readonly string[]) => {
    const { AWS_ENDPOINT_URL, AWS_DISABLE_HOST_PREFIX_INJECTION } = JSON.parse(
      (await env(['--format', 'json', ...words])).stdout,
    );
    return [AWS_ENDPOINT_URL, AWS_DISABLE_HOST_PREFIX_INJECTION];
  };
  const [narrow, wide] = [certified('narrow'), certified('wide')];
  assert.deepEqual(await endpoint(narrow), ['https://localhost:9470', 'true']);
  assert.deepEqual(await endpoint(wide), ['https://127.0.0.1:9470', 'true']);
  const refused = await env(['--hosts', '--yes', ...narrow]);
  assert.equal(refused.exitCode, 1);
  assert.match(
    refused.stderr,
    /the certificate \S+narrow\.pem is not there, or not for a name and its sync- form, such as/,
  );
  assert.equal((await env(['--hosts', '--yes', ...wide])).exitCode, 0);
  // It is for no name with stream- before it, which boto3 and the aws CLI then leave out.
  assert.deepEqual(await endpoint(wide), ['https://batchyard.localhost:9470', 'true']);
  assert.deepEqual(await endpoint(narrow), ['https://localhost:9470', 'true']);
  assert.deepEqual(await endpoint(['--tls-certificate', 'none', '--tls-key', 'none']), [
    'https://127.0.0.1:9470',
    'true',
  ]);
});
