import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonWorkload } from './json-workload.ts';
import { temporaryFile } from './simulation.fixture.ts';
import { swfWorkload } from './swf-workload.ts';
import { SimulationError, type WorkloadJob } from './workload.ts';

const head = '{"formatVersion":1}';
const job = (parts: object = {}) => JSON.stringify({ vcpus: 1, memoryMiB: 1, runSeconds: 1, ...parts });

const refused: readonly (readonly [what: string, text: string, words: RegExp])[] = [
  ['nothing', '', /^the workload is empty/],
  ['no version', job(), /^line 1: must be \{"formatVersion":1\}$/],
  ['another version', '{"formatVersion":2}', /^line 1: must be \{"formatVersion":1\}$/],
  ['a cut file', `${head}\n${job()}\n${job().slice(0, -9)}`, /^line 3: is no JSON, or was cut off/],
  ['NaN', `${head}\n{"vcpus":NaN,"memoryMiB":1,"runSeconds":1}`, /^line 2: is no JSON/],
  ['no finite number', `${head}\n{"vcpus":1e999,"memoryMiB":1,"runSeconds":1}`, /^line 2: vcpus/],
  ['a negative time', `${head}\n\n${job({ at: -1 })}`, /^line 3: at/],
  ['a negative run', `${head}\n${job({ runSeconds: -1 })}`, /^line 2: runSeconds/],
  ['no vCPUs', `${head}\n${job({ vcpus: 0 })}`, /^line 2: vcpus/],
  ['an unknown member', `${head}\n${job({ vcpu: 1 })}`, /^line 2: .*vcpu/],
  ['no object', `${head}\n[]`, /^line 2: /],
  ['disorder', `${head}\n${job({ at: 2 })}\n${job({ at: 1 })}`, /^line 3: at 1 is before 2/],
  ['an id twice', `${head}\n${job({ id: 'a' })}\n${job({ id: 'a' })}`, /^line 3: id a stands above already/],
  ['an id that looks like a child’s', `${head}\n${job({ id: 'a:1' })}`, /^line 2: id/],
  ['an unknown dependency', `${head}\n${job({ dependsOn: ['a'] })}`, /^line 2: dependsOn: no line above has the id a/],
  ['a dependency on itself', `${head}\n${job({ id: 'a', dependsOn: ['a'] })}`, /^line 2: dependsOn: no line above/],
  [
    'a missing child',
    `${head}\n${job({ id: 'a' })}\n${job({ dependsOn: [{ on: 'a', index: 0 }] })}`,
    /a has no child 0/,
  ],
  [
    'pairs of two sizes',
    `${head}\n${job({ id: 'a', array: 2 })}\n${job({ array: 3, dependsOn: [{ on: 'a', type: 'N_TO_N' }] })}`,
    /^line 3: dependsOn: N_TO_N needs an array, and of the size of a/,
  ],
  ['a sequence of one', `${head}\n${job({ dependsOn: [{ type: 'SEQUENTIAL' }] })}`, /^line 2: .*only an array/],
  ['an array with nodes', `${head}\n${job({ array: 2, nodes: 2 })}`, /^line 2: a job is an array or has nodes/],
  ['no such main node', `${head}\n${job({ nodes: 2, mainNode: 2 })}`, /^line 2: there is no node 2/],
  ['a type of instance for one', `${head}\n${job({ instanceType: 'm5.large' })}`, /^line 2: instanceType is only for/],
  ['no length', `${head}\n{"vcpus":1,"memoryMiB":1}`, /^line 2: runSeconds or runs/],
  ['a run of nobody', `${head}\n${job({ runs: { 1: [] } })}`, /^line 2: runs: there is no node 1/],
  ['a run that never ends', `${head}\n${job({ runs: { 0: [{}] } })}`, /^line 2: runs: .* it never ends/],
  ['an id for many', `${head}\n${job({ id: 'a', count: 2 })}`, /^line 2: one of count jobs has no id/],
  ['a range that is none', `${head}\n${job({ runSeconds: { least: 2, most: 1 } })}`, /^line 2: runSeconds: /],
  ['what is no text', '\0\0', /is no text/],
  ['what is compressed', '\u001f\u008b', /gunzip it first/],
];

test('what makes no sense in a workload ends with words that name its line', async (t) => {
  for (const [what, text, words] of refused) {
    await t.test(what, (each) => {
      const bytes = what === 'what is compressed' ? Buffer.from(text, 'latin1') : text;
      const path = temporaryFile(each, 'workload.jsonl', bytes);
      assert.throws(
        () => Array.from(jsonWorkload(path).jobs),
        (error) => error instanceof SimulationError && words.test(error.message),
      );
    });
  }
});

test('a line that never ends is refused before it fills memory', (t) => {
  const path = temporaryFile(t, 'workload.jsonl', `${head}\n${'x'.repeat(5 * 1024 * 1024)}`);
  assert.throws(() => Array.from(jsonWorkload(path).jobs), /^SimulationError: line 2: is longer than/);
});

test('lines of many jobs go on beside those that follow, all in order of time', (t) => {
  const lines = [
    job({ count: 3, every: 10 }),
    job({ at: 5, count: 2, every: 5 }),
    job({ at: 20, id: 'last' }),
    job({ id: 'after' }),
  ];
  const jobs = Array.from(jsonWorkload(temporaryFile(t, 'w.jsonl', [head, ...lines].join('\r\n'))).jobs);
  assert.deepEqual(
    jobs.map(({ id, at }) => `${id} ${at / 1000}`),
    ['line/2/0 0', 'line/3/0 5', 'line/2/1 10', 'line/3/1 10', 'line/2/2 20', 'last 20', 'after 20'],
  );
});

test('a hundred thousand lines are read one after the other, and how many have been is told', (t) => {
  const path = temporaryFile(t, 'w.jsonl', `${head}\n${`${job()}\n`.repeat(100_000)}`);
  const { jobs, progress } = jsonWorkload(path);
  let count = 0;
  for (const { line } of jobs) {
    count += 1;
    assert.equal(line, count + 1);
    if (count === 50_000) assert.ok(Math.abs(progress() - 0.5) < 0.1);
  }
  assert.equal(count, 100_000);
});

const swf = (parts: Readonly<Record<number, string | number>> = {}) => {
  const fields = [1, 0, 0, 10, 4, -1, -1, 4, -1, -1, 1, 1, 1, 1, 1, 1, -1, -1].map(
    (value, at) => parts[at + 1] ?? value,
  );
  return fields.join(' ');
};

function readTrace(path: string): { readonly jobs: readonly WorkloadJob[]; readonly dropped: object } {
  const { jobs, dropped } = swfWorkload(path, ['main']);
  return { jobs: Array.from(jobs), dropped: dropped() };
}

test('a trace’s jobs have its processors, memory, times and limits; what is not known is left out and counted', (t) => {
  const lines = [
    '; Version: 2.2',
    '',
    `  ${swf({ 2: 100, 7: 2048, 10: 1024, 9: 60 })} ; a remark`,
    swf({ 1: 2, 2: 130, 8: -1, 9: 5, 11: 0 }),
    swf({ 1: 3, 2: 130, 4: -1 }),
    swf({ 1: 4, 2: 130, 5: 0, 8: -1 }),
  ];
  const { jobs, dropped } = readTrace(temporaryFile(t, 'trace.swf', lines.join('\n')));
  const shown = jobs.map(({ id, line, at, vcpus, memoryMiB, timeoutSeconds, runs }) => {
    return { id, line, at, vcpus, memoryMiB, timeoutSeconds, run: runs?.get(0)?.[0] };
  });
  const run = { starting: 0, milliseconds: 10_000, exitCode: 0 };
  assert.deepEqual(shown, [
    { id: '1', line: 3, at: 0, vcpus: 4, memoryMiB: 4, timeoutSeconds: 60, run },
    { id: '2', line: 4, at: 30_000, vcpus: 4, memoryMiB: 1, timeoutSeconds: undefined, run: { ...run, exitCode: 1 } },
  ]);
  assert.deepEqual(dropped, { 'run time unknown': 1, 'processors unknown': 1 });
});

test('what makes no sense in a trace ends with words that name its line', async (t) => {
  const cases: readonly (readonly [what: string, text: string, words: RegExp])[] = [
    ['no jobs', '; nothing', /^the trace has no jobs/],
    ['a cut line', `${swf()}\n${swf({ 1: 2 }).slice(0, -6)}`, /^line 2: has 16 fields, not 18, or was cut off/],
    ['no number', swf({ 4: 'NaN' }), /^line 1: field 4 is NaN/],
    ['infinity', swf({ 4: 'Infinity' }), /^line 1: field 4 is Infinity/],
    ['a negative time', swf({ 2: -5 }), /^line 1: field 2 is -5/],
    ['an unknown time', swf({ 2: -1 }), /^line 1: field 2, the time of submission/],
    ['disorder', `${swf({ 2: 5 })}\n${swf({ 1: 2, 2: 4 })}`, /^line 2: submitted at 4, before/],
    ['a job twice', `${swf()}\n${swf()}`, /^line 2: job 1 stands above already/],
  ];
  for (const [what, text, words] of cases) {
    await t.test(what, (each) => {
      const path = temporaryFile(each, 'trace.swf', text);
      assert.throws(
        () => readTrace(path),
        (error) => error instanceof SimulationError && words.test(error.message),
      );
    });
  }
});
