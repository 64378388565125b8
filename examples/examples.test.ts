import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { startTestServer, type TestServer } from '../src/cli/server.fixture.ts';

const root = join(import.meta.dirname, '..');
/** CI puts the aws CLI and boto3 here. */
const venv = join(root, '.venv', 'bin');
const searchPath = existsSync(venv) ? `${venv}:${process.env.PATH}` : process.env.PATH;

/** What an example needs beside the project itself; `skip` says what is missing. */
const tools = {
  node: {},
  aws: heedsEndpointVariable(output('aws', ['--version'])) ? {} : { skip: 'there is no aws CLI of 2023 or later' },
  nodes: output('/usr/bin/python3', ['-c', '']) !== undefined ? {} : { skip: 'there is no Python in /usr/bin' },
  boto3: output('python3', ['-c', 'import boto3']) !== undefined ? {} : { skip: 'Python has no boto3' },
};

/** What a program prints, or undefined if it fails or is not there. */
function output(program: string, words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, words, { env: { ...process.env, PATH: searchPath }, encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

/** AWS_ENDPOINT_URL is known from 1.29 and 2.13 on. */
function heedsEndpointVariable(version = ''): boolean {
  const [, major, minor] = /^aws-cli\/(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(minor) >= (major === '1' ? 29 : 13);
}

let server: TestServer;
before(async () => {
  server = await startTestServer({ 'host.vcpus': 4 });
});
after(() => server[Symbol.asyncDispose]());

/** Runs an example as it is printed, with the variables of `batchyard env`. Answers its output. */
async function run(...words: readonly [string, ...string[]]): Promise<string> {
  const [program, ...rest] = words;
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = server.environment;
  const env = {
    ...process.env,
    PATH: searchPath,
    AWS_ENDPOINT_URL: server.url,
    AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
  const { stdout } = await promisify(execFile)(program, rest, { cwd: root, env });
  return stdout;
}

test('hello.sh', tools.aws, async () => {
  assert.match(await run('examples/hello.sh'), /\nsubmitted [0-9a-f-]{36}\nhello from the aws CLI\nSUCCEEDED\n$/);
});

test('fan-out.asl.json', async () => {
  const words = ['states', 'run', 'examples/fan-out.asl.json', '--input', '{"numbers":[3,5,8]}'] as const;
  assert.equal(await run('bin/batchyard', ...words), '{"sum":98}\n');
});

test('hello.ts', tools.node, async () => {
  assert.equal(await run('node', 'examples/hello.ts'), 'hello from the SDK\nSUCCEEDED\n');
});

test('hello.py', tools.boto3, async () => {
  assert.equal(await run('python3', 'examples/hello.py'), 'hello from boto3\nSUCCEEDED\n');
});

test('retries.ts', tools.node, async () => {
  assert.equal(await run('node', 'examples/retries.ts'), 'FAILED after attempts with exit codes 75, 1\n');
});

test('dependencies.py', tools.boto3, async () => {
  assert.equal(
    await run('python3', 'examples/dependencies.py'),
    'total SUCCEEDED and started after both halves: True\n',
  );
});

test('pipeline.ts', tools.node, async () => {
  assert.deepEqual((await run('node', 'examples/pipeline.ts')).trim().split('\n'), [
    'JobA SUCCEEDED',
    'JobB SUCCEEDED (5 of 5 children, 0 failed)',
    'JobC SUCCEEDED (5 of 5 children, 0 failed)',
    'JobD SUCCEEDED (5 of 5 children, 0 failed)',
    'JobE SUCCEEDED',
    "JobD's children came one after the other: true",
  ]);
});

test('pipeline.ts --fail', tools.node, async () => {
  const [a, b, c, d, e] = (await run('node', 'examples/pipeline.ts', '--fail')).split('\n');
  assert.deepEqual(
    [a, b, c, d, e],
    [
      'JobA SUCCEEDED',
      'JobB FAILED (4 of 5 children, 1 failed): Array Child Job failed',
      'JobC FAILED (4 of 5 children, 1 failed): Dependent Job failed',
      'JobD FAILED (0 of 5 children, 5 failed): Dependent Job failed',
      'JobE FAILED: Dependent Job failed',
    ],
  );
});

test('nodes.ts', tools.nodes, async () => {
  const lines = ['node 0 of 4 brought 1, the sum is 30', 'SUCCEEDED', ''];
  assert.equal(await run('node', 'examples/nodes.ts'), lines.join('\n'));
});

const timeoutTools = process.env.BATCHYARD_REQUIRE_ALL === '1' ? tools.aws : { skip: 'takes a minute; CI runs it' };
test('timeout.sh', timeoutTools, async () => {
  assert.match(await run('examples/timeout.sh'), /\nFAILED\tJob attempt duration exceeded timeout\n$/);
});
