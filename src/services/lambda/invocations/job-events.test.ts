import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { JobId, TaskId } from '../../../core/ids.ts';
import { JobEvents, withEventAtInput } from './job-events.ts';

const given = { environment: {}, secrets: { OWN: '1' }, notes: [] };

function variablesOf(events: JobEvents, id: string, name = 'job') {
  const scope = { account: '123456789012', region: 'us-east-1' } as never;
  const job = { id: id as JobId, name };
  const request = { scope, taskId: 't' as TaskId, job, container: 0, own: new Map(), launchType: 'EC2' } as const;
  return events.addTo(given, request).secrets;
}

function run(env: Record<string, string>, command: readonly string[]) {
  const [shell = '', ...words] = withEventAtInput(command);
  return spawnSync(shell, words, { env: { PATH: process.env.PATH ?? '', ...env }, maxBuffer: 2 ** 24 });
}

test('the first job of a name has the event that is offered to it, and no other job', () => {
  const events = new JobEvents();
  const takeBack = events.offer('job', '{}');
  assert.equal(variablesOf(events, 'one').BATCHYARD_EVENT_0, '{}');
  assert.deepEqual(variablesOf(events, 'two'), { OWN: '1' });
  assert.deepEqual(variablesOf(events, 'one', 'other'), { OWN: '1' });
  assert.equal(variablesOf(events, 'one').BATCHYARD_EVENT_0, '{}');
  takeBack();
  assert.deepEqual(variablesOf(events, 'one'), { OWN: '1' });
});

test('who offers an event anew is not robbed of it by who offered it before', () => {
  const events = new JobEvents();
  const takeBack = events.offer('job', '1');
  events.offer('job', '1');
  takeBack();
  assert.equal(variablesOf(events, 'one').BATCHYARD_EVENT_0, '1');
});

test('an event of many parts is put together byte for byte, wherever characters of two units stand', () => {
  for (const before of ['', 'x']) {
    const event = JSON.stringify(`${before}${'😀'.repeat(50_000)}\\ "$(id)" \`id\` $HOME 'é`);
    const events = new JobEvents();
    events.offer('job', event);
    const variables = variablesOf(events, 'one');
    for (const value of Object.values(variables)) assert.ok(Buffer.byteLength(value) < 128 * 1024);
    assert.equal(run(variables, ['cat']).stdout.toString(), `${event}\n`);
  }
});

test('a command finds nothing of its event in its environment, and has none without one', () => {
  const events = new JobEvents();
  events.offer('job', '"secret"');
  const shown = run(variablesOf(events, 'one'), ['cat', '/proc/self/environ']).stdout.toString();
  assert.match(shown, /OWN=1/);
  assert.doesNotMatch(shown, /secret|BATCHYARD_EVENT/);
  const without = run({}, ['cat']);
  assert.deepEqual([without.status, without.stdout.toString()], [97, 'the event of this invocation is gone\n']);
});
