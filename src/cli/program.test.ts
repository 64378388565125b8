import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { flagName, optionNames } from '../main/options-table.ts';
import { runCommand } from './invocation.fixture.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'batchyard-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('--help lists every command and says what the exit codes mean', async () => {
  const { exitCode, stdout } = await runCommand(['--help']);
  assert.equal(exitCode, 0);
  for (const name of ['start', 'env', 'run', 'submit', 'jobs', 'logs', 'explain', 'cancel', 'reset', 'version']) {
    assert.match(stdout, new RegExp(`^ {2}${name}\\b`, 'm'));
  }
  assert.match(stdout, /Exit codes: 0 done/);
});

test('help shows the help of the command that is named, however deep, and refuses a name that is none', async () => {
  const { exitCode, stdout } = await runCommand(['help', 'states', 'run']);
  assert.equal(exitCode, 0);
  assert.match(stdout, /^Usage: batchyard states run /);
  assert.match(stdout, /--input-file/);
  assert.match((await runCommand(['help'])).stdout, /^Usage: batchyard .*Exit codes/s);
  const unknown = await runCommand(['help', 'stats']);
  assert.deepEqual([unknown.exitCode, unknown.stdout], [2, '']);
  assert.match(unknown.stderr, /^batchyard: unknown command 'stats'\n\(Did you mean states\?\)/);
});

test('commands that call a server say of its options what they mean to a caller', async () => {
  for (const name of ['run', 'submit', 'jobs', 'logs', 'explain', 'cancel', 'backup']) {
    const stdout = (await runCommand(['help', name])).stdout.replace(/\s+/g, ' ');
    assert.match(stdout, /--port <number> port of the server to call/, name);
    assert.doesNotMatch(stdout, /to listen on|`batchyard env` names/, name);
  }
  const submit = (await runCommand(['help', 'submit'])).stdout.replace(/\s+/g, ' ');
  assert.match(submit, /--timeout <duration> end an attempt after this long, 60s at least/);
  for (const flag of ['env', 'parameter', 'depends-on', 'tag']) {
    assert.match(submit, new RegExp(`--${flag} <[^>]+> [^<]*?repeatable`), flag);
  }
  assert.match(
    (await runCommand(['help', 'start'])).stdout.replace(/\s+/g, ' '),
    /--host-paths <directory> .*? Repeatable\./,
  );
});

test('start --help shows every option of the table', async () => {
  const { stdout } = await runCommand(['start', '--help']);
  for (const name of optionNames) assert.ok(stdout.includes(flagName(name)), name);
});

test('wrong usage ends with exit code 2 and one line that says what is wrong', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['strat'], /unknown command 'strat'/],
    [['env', '--prot', '1'], /unknown option '--prot'/],
    [['start', '--port', 'http'], /port \(flag --port\) must be a whole number/],
    [['start', '--auth', 'basic'], /auth \(flag --auth\) must be one of sigv4, none/],
    [['start', '--bind', '0.0.0.0'], /--insecure-bind/],
    [['env', '--config', 'absent.json'], /cannot read the options file/],
    [['submit'], /--definition/],
    [['run'], /missing required argument 'command'/],
    [['jobs', '--status', 'DONE'], /--status must be one of SUBMITTED/],
    [['logs', 'x', '--attempt', '0'], /--attempt needs/],
    [['submit', '--endpoint', 'ftp://x', '--', 'true'], /must be an http or https URL/],
  ];
  const environment = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret' };
  for (const [words, message] of cases) {
    const { exitCode, stderr } = await runCommand(words, { directory, environment });
    assert.equal(exitCode, 2, words.join(' '));
    assert.match(stderr, message);
  }
});

test('a command that finds no server, or no key, says what to do', async () => {
  const withoutKey = await runCommand(['jobs', '--port', '1'], { directory });
  assert.equal(withoutKey.exitCode, 1);
  assert.match(withoutKey.stderr, /^batchyard: no access key: .*--data/);
  await runCommand(['env'], { directory });
  const withoutServer = await runCommand(['jobs', '--port', '1'], { directory });
  assert.equal(withoutServer.exitCode, 1);
  assert.match(withoutServer.stderr, /^batchyard: no server answers at http:\/\/127\.0\.0\.1:1; .*batchyard start/);
});

test('reset keeps its hands off what is no data directory', async () => {
  mkdirSync(join(directory, 'photos'));
  writeFileSync(join(directory, 'photos', 'one.jpg'), '');
  const { exitCode, stderr } = await runCommand(['reset', '--yes', '--data', 'photos'], { directory });
  assert.equal(exitCode, 1);
  assert.match(stderr, /is not a data directory/);
});

test('version prints the version of the package, also as JSON', async () => {
  assert.match((await runCommand(['version'])).stdout, /^batchyard \d+\.\d+\.\d+ \(Node\.js \d+/);
  assert.equal(typeof JSON.parse((await runCommand(['version', '--json'])).stdout).batchyard, 'string');
});
