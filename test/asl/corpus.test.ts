import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { performEvaluation } from '../../src/asl/evaluate/index.ts';
import { type HistoryEvent, type Machine, parseDefinition, validateDefinition } from '../../src/asl/index.ts';
import { taskFaults } from '../../src/services/states/apis/index.ts';
import type { Case, CheckCase, RunCase } from './case.ts';
import { corpus } from './cases/index.ts';
import { Host, type HostOptions, type Run } from './host.ts';

for (const [area, cases] of Object.entries(corpus)) {
  describe(area, () => {
    for (const each of cases) test(`${each.name} [${each.proves}]`, () => prove(each));
  });
}

test('The corpus has at least 400 cases, and no two of an area have the same name', () => {
  const all = Object.values(corpus);
  for (const cases of all) assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
  assert.ok(all.reduce((sum, cases) => sum + cases.length, 0) >= 400);
});

function prove(each: Case): Promise<void> | void {
  return 'finds' in each ? proveCheck(each) : proveRun(each);
}

async function proveCheck(each: CheckCase): Promise<void> {
  const text = typeof each.definition === 'string' ? each.definition : JSON.stringify(each.definition);
  const { type = 'STANDARD', objectStore = false, checksTasks = false } = each;
  const options = { type, objectStore, ...(checksTasks ? { checkTask: taskFaults } : {}) };
  const { machine, diagnostics } = await validateDefinition(text, options, (each) => performEvaluation(each));
  const found = diagnostics.map(({ code, location }) => `${code} ${location ?? ''}`.trim());
  const expected = each.finds.map(({ code, at }) => `${code} ${at ?? ''}`.trim());
  assert.deepEqual(found, expected);
  for (const [i, { message }] of each.finds.entries()) {
    if (message !== undefined) assert.equal(diagnostics[i]?.message, message);
  }
  const refused = diagnostics.some(({ severity }) => severity === 'ERROR');
  assert.equal(machine === undefined, refused);
}

async function proveRun(each: RunCase): Promise<void> {
  const { machine, diagnostics } = parseDefinition(JSON.stringify(each.definition));
  assert.ok(machine, JSON.stringify(diagnostics));
  const run = await execute(machine, each, {});
  checkOutcome(each, run);
  checkHistory(each, run);
  const calls = run.starts.map((start) => start.arguments);
  if (each.calls) assert.deepEqual(calls, each.calls);
  if (each.seconds !== undefined) assert.equal(run.elapsed, each.seconds);
  const again = await execute(machine, each, { forgetful: true });
  assert.deepEqual(
    again.history,
    run.history,
    'the history is the same when all records go through JSON at every step',
  );
}

function execute(machine: Machine, each: RunCase, options: HostOptions): Promise<Run> {
  const { tasks, events, info, checksTasks = false } = each;
  const given = { ...(tasks ? { tasks } : {}), ...(events ? { events } : {}), ...(info ? { info } : {}), checksTasks };
  return new Host(machine, each.input === undefined ? {} : each.input, { ...given, ...options }).run();
}

function checkOutcome(each: RunCase, { outcome }: Run): void {
  assert.ok(outcome, 'the execution ends');
  assert.equal(outcome.status, each.status ?? 'SUCCEEDED', JSON.stringify(outcome));
  if (outcome.status === 'SUCCEEDED') {
    if (each.output !== undefined) assert.deepEqual(outcome.output, each.output);
    return;
  }
  if (each.error !== undefined) assert.equal(outcome.error ?? '', each.error, `the cause is: ${outcome.cause}`);
  if (each.cause !== undefined) assert.ok(outcome.cause?.includes(each.cause), `the cause is: ${outcome.cause}`);
}

function checkHistory(each: RunCase, { history }: Run): void {
  for (const [i, event] of history.entries()) {
    assert.equal(event.id, i + 1);
    assert.ok(event.previousEventId < event.id);
  }
  const types = history.map(({ type }) => type);
  if (each.history) assert.deepEqual(types, each.history);
  for (const [type, members] of Object.entries(each.details ?? {})) checkDetails(history, type, members);
}

function checkDetails(history: readonly HistoryEvent[], type: string, members: object): void {
  const event = history.find((candidate) => candidate.type === type);
  assert.ok(event, `there is an event ${type}`);
  const details: readonly unknown[] = Object.values(event);
  const found = new Map(Object.entries(details.find((value) => typeof value === 'object') ?? {}));
  for (const [member, value] of Object.entries(members)) {
    assert.deepEqual(found.get(member), value, `${type}.${member}`);
  }
}
