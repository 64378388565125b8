import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentOf, simulateFile, temporaryFile, workloadFile } from './simulation.fixture.ts';
import { type SimulatedPlacement, Simulation } from './simulation.ts';
import { swfWorkload } from './swf-workload.ts';

const small = { vcpus: 1, memoryMiB: 1 };
const starts = (placements: readonly SimulatedPlacement[]) => placements.map(({ id, at }) => [id, at / 1000]);

test('a job waits until there is room, and its wait, its use and the time of all are told', (t) => {
  const file = workloadFile(t, { ...small, vcpus: 2, runSeconds: 30 }, { ...small, at: 10, runSeconds: 10 });
  const { report, placements } = simulateFile(file, environmentOf(2));
  assert.deepEqual(starts(placements), [
    ['line/2', 0],
    ['line/3', 30],
  ]);
  assert.deepEqual(report.jobs, { submitted: 2, succeeded: 2, failed: 0, unfinished: 0 });
  assert.equal(report.makespan, 40);
  const { count, mean, p50, max } = report.wait;
  assert.deepEqual({ count, mean, p50, max }, { count: 2, mean: 10, p50: 0, max: 20 });
  const [pool] = report.pools;
  assert.equal(pool?.utilisation, (2 * 30 + 10) / (2 * 40));
  const [queue] = report.queues;
  assert.deepEqual(queue?.blocked, { 'compute-environments-at-max-vcpus': 20 });
  const { timeline } = report;
  assert.deepEqual(timeline.queues[0]?.waiting.slice(8, 32), [0, 0, ...Array<number>(20).fill(1), 0, 0]);
  assert.deepEqual([timeline.step, timeline.queues[0]?.vcpus[29], timeline.queues[0]?.vcpus[30]], [1, 2, 1]);
});

test('all that is due at an instant happens before anything is planned, whichever line it stands in', (t) => {
  const jobs = [
    { ...small, queue: 'low', runSeconds: 10 },
    { ...small, queue: 'low', at: 10, runSeconds: 1, id: 'narrow' },
    { ...small, queue: 'high', at: 10, runSeconds: 1, id: 'first' },
  ];
  const { placements } = simulateFile(workloadFile(t, ...jobs), environmentOf(1, { high: 2, low: 1 }));
  assert.deepEqual(starts(placements).slice(1), [
    ['first', 10],
    ['narrow', 11],
  ]);
});

test('a failed attempt is followed by another at the head, as often as there are attempts', (t) => {
  const jobs = [
    { ...small, id: 'never', runSeconds: 5, failureRate: 1, attempts: 3 },
    { ...small, id: 'behind', runSeconds: 1 },
  ];
  const { report, placements } = simulateFile(workloadFile(t, ...jobs), environmentOf(1));
  assert.deepEqual(starts(placements), [
    ['never', 0],
    ['never', 5],
    ['never', 10],
    ['behind', 15],
  ]);
  assert.deepEqual([report.jobs.failed, report.placements], [1, 4]);
});

test('a timeout ends what runs too long, and only that', (t) => {
  const jobs = [
    { ...small, id: 'long', runSeconds: 100, timeoutSeconds: 60, attempts: 2 },
    { ...small, id: 'short', runSeconds: 59, timeoutSeconds: 60 },
  ];
  const { report } = simulateFile(workloadFile(t, ...jobs), environmentOf(2));
  assert.deepEqual([report.jobs.succeeded, report.jobs.failed, report.makespan], [1, 1, 60]);
});

test('children of an array, and nodes together, wait for what they depend on, though it ended before they came', (t) => {
  const jobs = [
    { ...small, id: 'a', array: 2, runs: { 0: [{ runSeconds: 1 }], 1: [{ runSeconds: 2, exitCode: 1 }] } },
    { ...small, id: 'b', at: 5, array: 2, dependsOn: [{ on: 'a', type: 'N_TO_N' }], runSeconds: 1 },
    { ...small, id: 'c', at: 5, nodes: 3, mainNode: 1, dependsOn: [{ on: 'a', index: 0 }], runSeconds: 4 },
    { ...small, id: 'd', at: 5, dependsOn: ['c'], runSeconds: 1 },
  ];
  const { report, placements } = simulateFile(workloadFile(t, ...jobs), environmentOf(4));
  assert.deepEqual(starts(placements), [
    ['a:0', 0],
    ['a:1', 0],
    ['b:0', 5],
    ['c#1', 5],
    ['c#0', 5],
    ['c#2', 5],
    ['d', 9],
  ]);
  assert.deepEqual(report.jobs, { submitted: 4, succeeded: 2, failed: 2, unfinished: 0 });
});

test('what can never start is counted, with the reason of the server', (t) => {
  const jobs = [
    { ...small, id: 'wide', vcpus: 8, runSeconds: 1 },
    { ...small, runSeconds: 1, dependsOn: ['wide'] },
    { ...small, runSeconds: 1 },
  ];
  const { report } = simulateFile(workloadFile(t, ...jobs), environmentOf(4));
  assert.equal(report.jobs.unfinished, 3);
  const stuck = report.queues[0]?.stuck;
  assert.equal(stuck?.waiting, 2);
  assert.match(stuck?.reason ?? '', /^MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT/);
});

test('what an attempt does depends on seed, job and attempt alone: not on where or when it runs', (t) => {
  const file = workloadFile(t, { ...small, count: 50, runSeconds: { mean: 20 }, failureRate: 0.3, attempts: 5 });
  const [wide, narrow, other] = [
    simulateFile(file, environmentOf(50)),
    simulateFile(file, environmentOf(3)),
    simulateFile(file, environmentOf(50), 2),
  ];
  const tries = ({ placements }: { placements: readonly SimulatedPlacement[] }) =>
    placements.map(({ id, attempt }) => `${id} ${attempt}`).sort();
  assert.deepEqual(tries(wide), tries(narrow));
  assert.notDeepEqual(tries(wide), tries(other));
  const used = (of: typeof wide) => of.report.queues[0]?.vcpuHours;
  assert.equal(used(wide), used(narrow));
  assert.notEqual(used(wide), used(other));
});

test('a job of a trace that follows another comes its think time after the end of that', (t) => {
  const line = (...fields: readonly number[]) => fields.join(' ');
  const trace = [
    line(1, 0, 0, 100, 1, -1, -1, 1, -1, -1, 1, 1, 1, 1, 1, 1, -1, -1),
    line(2, 10, 0, 5, 1, -1, -1, 1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 7),
    line(3, 20, 0, 5, 1, -1, -1, 1, -1, -1, 1, 1, 1, 1, 1, 1, 2, 0),
    line(4, 500, 0, 5, 1, -1, -1, 1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 900),
    line(5, 600, 0, 5, 1, -1, -1, 1, -1, -1, 1, 1, 1, 1, 1, 1, 1, 1),
  ];
  const environment = environmentOf(8);
  const placements: SimulatedPlacement[] = [];
  const workload = swfWorkload(temporaryFile(t, 'trace.swf', trace.join('\n')), ['main']);
  const onPlaced = (placement: SimulatedPlacement) => placements.push(placement);
  const simulation = new Simulation({ environment, workload, seed: 1, onPlaced });
  for (const _ of simulation.run());
  assert.deepEqual(starts(placements), [
    ['1', 0],
    ['2', 107],
    ['3', 112],
    ['5', 600],
    ['4', 1000],
  ]);
});
