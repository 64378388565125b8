import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { builtInTypes } from '../../instance-types/index.ts';
import type { SimulationReport } from '../../simulator/index.ts';
import { runCommand } from '../invocation.fixture.ts';
import { progressWords } from './simulate.ts';

const environment = (vcpus: number) => ({
  formatVersion: 1,
  pools: [{ id: 'host', vcpus, memoryMiB: 4096 }],
  computeEnvironments: [{ computeEnvironmentName: 'ce', computeResources: { type: 'EC2', maxvCpus: vcpus } }],
  jobQueues: [{ jobQueueName: 'main', priority: 1, computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'ce' }] }],
});

/** A directory with environments of two and four vCPUs, and a workload of 40 jobs for which two are too few. */
function directoryOf(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'batchyard-simulate-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const job = { vcpus: 1, memoryMiB: 8, count: 40, every: 4, runSeconds: { mean: 10 } };
  writeFileSync(join(directory, 'two.json'), JSON.stringify(environment(2)));
  writeFileSync(join(directory, 'four.json'), JSON.stringify(environment(4)));
  writeFileSync(join(directory, 'w.jsonl'), `{"formatVersion":1}\n${JSON.stringify(job)}\n`);
  return directory;
}

test('a workload is simulated in several environments, and told side by side', async (t) => {
  const directory = directoryOf(t);
  const words = ['simulate', 'w.jsonl', '--environment', 'two.json', '--compare', 'four.json', '--html', 'page.html'];
  const { exitCode, stdout, stderr } = await runCommand(words, { directory });
  assert.deepEqual([exitCode, stderr], [0, '']);
  assert.match(stdout, /^ENVIRONMENT +JOBS .*\ntwo +40 +0 +0 +.*host \d.*\nfour +40 +0 +0 +/);
  assert.match(
    readFileSync(join(directory, 'page.html'), 'utf8'),
    /^<!doctype html>\n(?:.*\n)*<h1>Simulation of w\.jsonl</,
  );
});

test('the same seed tells the same bytes, another seed others; more vCPUs let nobody wait longer', async (t) => {
  const directory = directoryOf(t);
  const run = (seed: string) =>
    runCommand(['simulate', 'w.jsonl', '--compare', 'two.json', 'four.json', '--json', '--seed', seed], { directory });
  const [first, again, other] = [await run('7'), await run('7'), await run('8')];
  assert.equal(first.stdout, again.stdout);
  assert.notEqual(first.stdout, other.stdout);
  const { runs, seed }: SimulationReport = JSON.parse(first.stdout);
  assert.deepEqual([seed, runs.map((each) => each.environment)], [7, ['two', 'four']]);
  const [two, four] = runs;
  assert.ok(two && four && two.wait.mean > four.wait.mean);
  assert.equal(two.queues[0]?.vcpuHours, four.queues[0]?.vcpuHours);
});

test('a trace says how many jobs were left out', async (t) => {
  const directory = directoryOf(t);
  const unknown = '0 0 -1 1 -1 -1 1 -1 -1 1 1 1 1 1 1 -1 -1';
  const trace = `1 0 0 9 1 -1 -1 1 -1 -1 1 1 1 1 1 1 -1 -1\n2 ${unknown}\n`;
  writeFileSync(join(directory, 't.swf'), trace);
  const words = ['simulate', 't.swf', '--environment', 'two.json'];
  const { exitCode, stdout, stderr } = await runCommand(words, { directory });
  assert.deepEqual([exitCode, stderr], [0, '1 job was left out: run time unknown\n']);
  writeFileSync(join(directory, 't.swf'), `${trace}3 ${unknown}\n`);
  assert.equal((await runCommand(words, { directory })).stderr, '2 jobs were left out: run time unknown\n');
  assert.match(stdout, /\ntwo +1 +0 +0 +9 s/);
});

test('a policy is tried beside what is: shares by weight, the vCPU hours the same', async (t) => {
  const directory = directoryOf(t);
  const job = { vcpus: 1, memoryMiB: 8, count: 300, runSeconds: 60 };
  const lines = [{ formatVersion: 1 }, { ...job, share: 'heavy' }, { ...job, share: 'light' }];
  writeFileSync(join(directory, 's.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const shareDistribution = [{ shareIdentifier: 'light', weightFactor: 0.5 }];
  writeFileSync(
    join(directory, 'halved.json'),
    JSON.stringify({ fairsharePolicy: { shareDecaySeconds: 86_400, shareDistribution } }),
  );
  const words = ['simulate', 's.jsonl', '--environment', 'four.json', '--policy', 'halved.json'];
  const { runs }: SimulationReport = JSON.parse((await runCommand([...words, '--json'], { directory })).stdout);
  assert.deepEqual(
    runs.map(({ environment: name, queues }) => [
      name,
      queues[0]?.shares?.map((share) => [share.name, share.vcpuHours]),
    ]),
    [
      ['four', undefined],
      [
        'four, halved',
        [
          ['heavy', 5],
          ['light', 5],
        ],
      ],
    ],
  );
  const waits = runs[1]?.queues[0]?.shares?.map(({ wait }) => wait.max) ?? [];
  // Of 600 jobs on four vCPUs the light share has two in three until its 300 have begun: at the 450th.
  assert.deepEqual(waits, [(600 / 4 - 1) * 60, Math.floor(449 / 4) * 60]);
  const told = await runCommand(words, { directory });
  assert.match(told.stdout, /Shares of main\n +SHARE +PLACED .*\n +heavy +300 .*\n +light +300 /);
  for (const [text, problem] of [
    ['{}', /^batchyard: policy bad: there is no fairsharePolicy in it/],
    ['{', /^batchyard: policy bad: /],
  ] as const) {
    writeFileSync(join(directory, 'bad.json'), text);
    const bad = await runCommand([...words.slice(0, -1), 'bad.json'], { directory });
    assert.equal(bad.exitCode, 1);
    assert.match(bad.stderr, problem);
  }
  const without = ['simulate', 'w.jsonl', '--environment', 'two.json', '--policy', 'halved.json'];
  assert.match(
    (await runCommand(without, { directory })).stderr,
    /^batchyard: line 2: has no share, and job queue main/,
  );
});

test('instance types are those of a file that is named', async (t) => {
  const directory = directoryOf(t);
  const { families, ...catalogue } = builtInTypes().file;
  const rack = { architecture: 'x86_64', sizes: { small: { ...families.m5?.sizes.large, vcpus: 4 } } };
  writeFileSync(join(directory, 'types.json'), JSON.stringify({ ...catalogue, families: { ...families, rack } }));
  writeFileSync(join(directory, 'cut.json'), '{"version":1');
  const [ce] = environment(4).computeEnvironments;
  const computeResources = { type: 'EC2', maxvCpus: 4, instanceTypes: ['rack'] };
  const racks = { ...environment(4), computeEnvironments: [{ ...ce, computeResources }] };
  writeFileSync(join(directory, 'racks.json'), JSON.stringify(racks));
  const run = (...words: string[]) =>
    runCommand(['simulate', 'w.jsonl', '--environment', 'racks.json', '--json', ...words], { directory });
  const { stdout } = await run('--instance-types', 'types.json');
  assert.deepEqual(JSON.parse(stdout).runs[0].fleets[0].types, { 'rack.small': 1 });
  assert.match((await run()).stderr, /no instance type is called rack/);
  assert.match((await run('--instance-types', 'cut.json')).stderr, /^batchyard: cut\.json is no JSON, or was cut off/);
});

test('what makes no sense ends with words', async (t) => {
  const directory = directoryOf(t);
  const run = async (...words: readonly string[]) => {
    const { exitCode, stderr } = await runCommand(['simulate', ...words], { directory });
    return [exitCode, stderr] as const;
  };
  assert.deepEqual(await run('w.jsonl'), [2, 'batchyard: --environment FILE must say where the jobs are to run\n']);
  assert.deepEqual(await run('--environment', 'two.json'), [2, 'batchyard: name a WORKLOAD, or --from-server\n']);
  const [missing, words] = await run('x.jsonl', '--environment', 'two.json');
  assert.equal(missing, 1);
  assert.match(words, /x\.jsonl does not exist\n$/);
  const [seed] = await run('w.jsonl', '--environment', 'two.json', '--seed', '-1');
  assert.equal(seed, 2);
  writeFileSync(join(directory, 'cut.jsonl'), '{"formatVersion":1}\n{"vcpus":1,');
  const [cut, line] = await run('cut.jsonl', '--environment', 'two.json');
  assert.equal(cut, 1);
  assert.match(line, /^batchyard: line 2: is no JSON, or was cut off/);
  writeFileSync(join(directory, 'bad.json'), '{"formatVersion":3}');
  const [bad, version] = await run('w.jsonl', '--environment', 'bad.json');
  assert.equal(bad, 1);
  assert.match(version, /^batchyard: environment bad: formatVersion/);
});

test('the bar of the progress is full only at the end', () => {
  const progress = { environment: 'two', index: 0, read: 0.999, ended: 12 };
  assert.equal(progressWords(progress, 1), '[###################-] 99 % of the workload has come, 12 jobs have ended');
  assert.match(progressWords({ ...progress, read: 1 }, 2), /^\[#{20}\] 100 % .*, two \(1 of 2\)$/);
});
