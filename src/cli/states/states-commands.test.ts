import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runCommand } from '../invocation.fixture.ts';
import { startTestServer } from '../server.fixture.ts';
import { SpawnedCommand } from '../spawned.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'batchyard-states-'));
const server = await startTestServer();
after(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

function file(name: string, states: object, startAt = Object.keys(states)[0]): string {
  const path = join(directory, name);
  writeFileSync(path, JSON.stringify({ StartAt: startAt, States: states }));
  return path;
}

const good = file('good.asl.json', { Only: { Type: 'Pass', Result: { made: 1 }, End: true } });
const bad = file('bad.asl.json', { Only: { Type: 'Pass', Next: 'Nowhere' } });
const failing = file('failing.asl.json', { Stop: { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' } });
const waiting = file('waiting.asl.json', { Wait: { Type: 'Wait', Seconds: 600, End: true } });

test('validate finds what is wrong, with its place, and says whether anything is', async () => {
  const { exitCode, stdout } = await runCommand(['states', 'validate', good, bad]);
  assert.equal(exitCode, 1);
  assert.match(stdout, new RegExp(`${good}: OK\n`));
  assert.match(stdout, /bad\.asl\.json: ERROR MISSING_TRANSITION_TARGET at \/States\/Only\/Next: .*Nowhere/);
  assert.equal((await runCommand(['states', 'validate', good])).exitCode, 0);
  const { stdout: json } = await runCommand(['states', 'validate', '--json', bad]);
  const told = JSON.parse(json) as { readonly result: string; readonly diagnostics: readonly object[] };
  assert.deepEqual([told.result, told.diagnostics.length > 0], ['FAIL', true]);
});

test('validate tells of text that is no JSON at its line and column, without the text', async () => {
  const path = join(directory, 'broken.asl.json');
  writeFileSync(path, '{\n  "StartAt": "A",\n}\n');
  const { exitCode, stdout } = await runCommand(['states', 'validate', path]);
  assert.equal(exitCode, 1);
  const words = "Unexpected character ('}' (code 125)): was expecting double-quote to start field name";
  assert.equal(stdout, `${path}:3:2: ERROR INVALID_JSON_DESCRIPTION: ${words}\n`);
});

test('validate knows what each service of AWS takes, whether it is served here or not', async () => {
  const call = (resource: string, Parameters: object) =>
    file('call.asl.json', { Call: { Type: 'Task', Resource: `arn:aws:states:::${resource}`, Parameters, End: true } });
  const { exitCode, stdout } = await runCommand(['states', 'validate', call('dynamodb:getItem', { TableName: 1 })]);
  assert.equal(exitCode, 1);
  assert.match(
    stdout,
    /SCHEMA_VALIDATION_FAILED at \/States\/Call\/Parameters: The value for the field 'TableName' must be a/,
  );
  assert.match(stdout, /The field 'Key' is required but was missing/);
  const sound = call('lambda:invoke', { FunctionName: 'f', Payload: { 'a.$': '$' } });
  assert.equal((await runCommand(['states', 'validate', sound])).exitCode, 0);
});

test('run prints the output of the execution, tells of its states, and leaves no state machine behind', async () => {
  const { exitCode, stdout, stderr } = await server.command('states', 'run', good);
  assert.deepEqual([exitCode, stdout], [0, '{"made":1}\n'], stderr);
  assert.match(stderr, /ENTERED +Only\nEXITED +Only\nSUCCEEDED\n$/);
  const again = await server.command('states', 'run', good, '--json');
  const lines = again.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);
  assert.deepEqual(
    lines.map(({ type, status }) => type ?? status),
    ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded', 'SUCCEEDED'],
  );
});

test('run ends with 1 when the execution fails, and says why', async () => {
  const { exitCode, stdout, stderr } = await server.command('states', 'run', failing);
  assert.deepEqual([exitCode, stdout], [1, '']);
  assert.match(stderr, /FAILED +Broken: on purpose/);
});

test('run tells in which iteration of a Map state a state is', async () => {
  const iterator = (states: object) => ({ StartAt: Object.keys(states)[0], States: states });
  const inner = { Type: 'Map', ItemsPath: '$', Iterator: iterator({ In: { Type: 'Pass', End: true } }), End: true };
  const outer = { Type: 'Map', ItemsPath: '$', MaxConcurrency: 1, Iterator: iterator({ Each: inner }), End: true };
  const map = file('map.asl.json', { All: outer });
  const { stderr } = await server.command('states', 'run', map, '--input', '[[1],[2,3]]');
  const entered = [...stderr.matchAll(/^ENTERED +(.*)$/gm)].map(([, place]) => place);
  const [first, ...rest] = entered;
  assert.equal(first, 'All');
  assert.deepEqual(rest.sort(), ['[0] Each', '[0] [0] In', '[1] Each', '[1] [0] In', '[1] [1] In'].sort());
});

test('run gives the whole cause where nothing cuts it off', async () => {
  const cause = `${'long '.repeat(60)}end`;
  const { stderr } = await server.command(
    'states',
    'run',
    file('long.asl.json', { Stop: { Type: 'Fail', Error: 'E', Cause: cause } }),
  );
  assert.ok(stderr.includes(`E: ${cause}`), stderr);
});

test('run refuses a bad definition in the words of the API, and a file that is not there', async () => {
  const refused = await server.command('states', 'run', bad);
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /InvalidDefinition: .*MISSING_TRANSITION_TARGET/);
  const absent = await server.command('states', 'run', join(directory, 'absent.json'));
  assert.deepEqual(
    [absent.exitCode, absent.stderr],
    [2, `batchyard: ${join(directory, 'absent.json')} does not exist\n`],
  );
  const folder = await server.command('states', 'validate', directory);
  assert.deepEqual([folder.exitCode, folder.stderr], [2, `batchyard: ${directory} is a directory\n`]);
});

test('Ctrl-C stops the execution, and run ends with 130', async () => {
  const command = new SpawnedCommand(['states', 'run', waiting], directory);
  await command.shows('stderr', /ENTERED +Wait/);
  command.kill('SIGINT');
  assert.equal(await command.ended(), 130);
  assert.match(command.stderr, /Stopping the execution\.\nABORTED {2}Interrupted by SIGINT/);
});
