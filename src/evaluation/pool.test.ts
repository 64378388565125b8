import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import type { Evaluation, EvaluationResult, Json } from '../asl/index.ts';
import { ManualClock } from '../core/clock.ts';
import { silentLogger } from '../core/logger.ts';
import { isShortOfFiles } from '../core/short-of-files.ts';
import { EvaluationPool, type EvaluationPoolOptions, EvaluationsBusy, EvaluationsClosed } from './index.ts';
import { EvaluationThread, type ThreadEvents } from './thread.ts';

const endless = '$map([1..100000], function($i) { $length($uppercase($states.input)) })';
const text = 'a'.repeat(250_000);

function open(context: TestContext, options: Partial<EvaluationPoolOptions> = {}) {
  const clock = new ManualClock();
  const pool = new EvaluationPool({ clock, logger: silentLogger, ...options });
  context.after(() => pool.close());
  const evaluate = (expression: string, input: Json = null, lane = 'lane') =>
    pool.evaluate(evaluationOf([expression], input), { lane });
  return { clock, pool, evaluate };
}

function evaluationOf(expressions: readonly string[], input: Json): Evaluation {
  const items = expressions.map((each) => ({ kind: 'jsonata', expression: { text: each }, field: 'Output' }) as const);
  const scope = { data: null, states: { input }, variables: {}, seed: 's', drawn: 0, now: 0 };
  return { kind: 'template', template: { kind: 'array', items }, scope };
}

function answered(result: EvaluationResult): Json {
  assert.equal(result.kind, 'value', JSON.stringify(result));
  return result.kind === 'value' ? result.value : null;
}

/** Until a thread has the evaluation. */
async function begun(clock: ManualClock): Promise<void> {
  // The deadline is a timer of the clock from the moment on that a thread has the evaluation.
  while (clock.pending === 0) await new Promise(setImmediate);
}

test('An evaluation has its result', async (context) => {
  const { evaluate } = open(context);
  assert.deepEqual(answered(await evaluate('$sum($states.input)', [1, 2, 3])), [6]);
});

test('What is over its deadline is ended by the clock, and others have been answered before', async (context) => {
  const { clock, evaluate } = open(context);
  await evaluate('1 + 1');
  const order: string[] = [];
  const greedy = evaluate(endless, text, 'greedy').finally(() => order.push('greedy'));
  for (let turn = 0; turn < 5; turn += 1) {
    assert.deepEqual(answered(await evaluate('1 + $states.input', turn, 'other')), [turn + 1]);
    order.push('other');
  }
  clock.advance(5_000);
  assert.deepEqual(await greedy, { kind: 'ended', reason: { kind: 'deadline', milliseconds: 5_000 }, position: 0 });
  assert.deepEqual(order, ['other', 'other', 'other', 'other', 'other', 'greedy']);
});

test('While no file is left for a thread executions wait for one, and requests are told so', async (context) => {
  let short = true;
  const startThread = (events: ThreadEvents) => {
    const thread = new EvaluationThread(events);
    if (!short) return thread;
    const cause = new Error('Worker initialization failure: EMFILE');
    setImmediate(() => events.died(Object.assign(cause, { code: 'ERR_WORKER_INIT_FAILED' })));
    return { position: 0, send: () => {}, rest: () => {}, end: () => thread.end() };
  };
  const { clock, pool, evaluate } = open(context, { startThread });
  const execution = evaluate('1 + 1');
  const request = pool.evaluate(evaluationOf(['1'], null), { lane: 'requests', mostWaiting: 64 });
  await assert.rejects(request, (error) => isShortOfFiles(error));
  short = false;
  clock.advance(1_000);
  assert.deepEqual(answered(await execution), [2]);
});

test('A thread that was ended is replaced', async (context) => {
  const { clock, evaluate } = open(context, { threads: 1 });
  const greedy = evaluate(endless, text);
  const next = evaluate('2 * 3');
  await begun(clock);
  clock.advance(5_000);
  assert.equal((await greedy).kind, 'ended');
  assert.deepEqual(answered(await next), [6]);
});

test('Who needs too much memory has its error, and nobody else', async (context) => {
  const { pool, evaluate } = open(context);
  const parts = '$map([1..150000], function($i) { $split($states.input, "") })';
  const both = pool.evaluate(evaluationOf(['1 + 1', parts], text), { lane: 'greedy' });
  const [greedy, other] = await Promise.all([both, evaluate('1 + 1', null, 'other')]);
  assert.deepEqual(greedy, { kind: 'ended', reason: { kind: 'memory' }, position: 1 }, 'the second expression');
  assert.deepEqual(answered(other), [2]);
  assert.deepEqual(answered(await evaluate('2 + 2')), [4]);
});

test('Who needs more than a thread may have has its error, though the process could give it', async (context) => {
  const { pool } = open(context);
  // 2 MB for each piece: twice what a thread has, and a fraction of what Node gives a process.
  const parts = '$count($map([1..200], function($i) { $split($states.input, "") }))';
  const evaluation = pool.evaluate(evaluationOf([parts], text), { lane: 'large' });
  assert.deepEqual(await evaluation, { kind: 'ended', reason: { kind: 'memory' }, position: 0 });
});

test('A server that runs with little priority, and may not raise it, evaluates', {
  skip: process.platform === 'linux' ? false : 'priorities of threads are Linux’s',
}, () => {
  const program = `
    import { EvaluationPool } from ${JSON.stringify(import.meta.resolve('./pool.ts'))};
    import { SystemClock } from ${JSON.stringify(import.meta.resolve('../core/clock.ts'))};
    const logger = { warn: console.error, error: console.error };
    const pool = new EvaluationPool({ clock: new SystemClock(), logger });
    console.log((await pool.evaluate(${JSON.stringify(evaluationOf(['1 + 1'], null))}, { lane: 'l' })).kind);
    await pool.close();`;
  const words = ['nice', '-n', '19', process.execPath, '--input-type=module', '-e', program];
  // Root may raise it unless it has given up that right.
  const [file = '', ...more] =
    process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-sys_nice', '--', ...words] : words;
  const { stdout, stderr } = spawnSync(file, more, { encoding: 'utf8' });
  assert.equal(stdout.trim(), 'value', stderr);
});

test('Patience makes the deadline longer', async (context) => {
  const { clock, pool } = open(context);
  const patient = pool.evaluate(evaluationOf([endless], text), { lane: 'patient', patience: 10 });
  await begun(clock);
  let isOver = false;
  void patient.then(() => {
    isOver = true;
  });
  clock.advance(49_999);
  await new Promise(setImmediate);
  assert.equal(isOver, false);
  clock.advance(1);
  assert.equal((await patient).kind, 'ended');
});

test('A lane that may have only so many waiting is refused one more', async (context) => {
  const { clock, pool } = open(context, { threads: 1 });
  const ask = () => pool.evaluate(evaluationOf([endless], text), { lane: 'requests', mostWaiting: 2 });
  const first = ask();
  await begun(clock);
  const waiting = [ask(), ask()];
  await assert.rejects(ask(), EvaluationsBusy);
  for (const each of [first, ...waiting]) each.catch(() => undefined);
});

test('A pool that is closed rejects what is under way, what waits and what comes', async () => {
  const clock = new ManualClock();
  const pool = new EvaluationPool({ clock, logger: silentLogger, threads: 1 });
  const ask = () => pool.evaluate(evaluationOf([endless], text), { lane: 'lane' });
  const all = [ask(), ask()];
  await begun(clock);
  const settled = Promise.allSettled(all);
  await pool.close();
  for (const each of await settled) assert.ok(each.status === 'rejected' && each.reason instanceof EvaluationsClosed);
  await assert.rejects(ask(), EvaluationsClosed);
  assert.equal(clock.pending, 0);
});

test('Threads start with the first evaluation, and go when they had nothing to do for a minute', async (context) => {
  const { clock, evaluate } = open(context);
  assert.equal(clock.pending, 0);
  await evaluate('1 + 1');
  assert.equal(clock.pending, 1, 'one rests');
  clock.advance(60_000);
  assert.equal(clock.pending, 0);
  assert.deepEqual(answered(await evaluate('1 + 2')), [3]);
});
