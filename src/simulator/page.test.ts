import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Script } from 'node:vm';
import { compare } from './compare.ts';
import { parseEnvironment, withPolicy } from './environment.ts';
import { jsonWorkload } from './json-workload.ts';
import { duration, pageOf } from './page.ts';
import { plotLibrary } from './plot-library.ts';
import type { SimulationReport } from './report.ts';
import { parsePolicy } from './scheduling-policy.ts';
import { environmentOf, workloadFile } from './simulation.fixture.ts';

const twoEnvironments = [environmentOf(2), { ...environmentOf(4), name: '</script><b>four' }];

function reportOn(file: string, name: string, environments = twoEnvironments): SimulationReport {
  const steps = compare({ name, open: () => jsonWorkload(file), environments, seed: 1 });
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

test('a page needs nothing else, carries its library’s licence, and is the same bytes twice', (t) => {
  const file = workloadFile(t, { vcpus: 1, memoryMiB: 1, count: 100, runSeconds: { mean: 9 } });
  const page = pageOf(reportOn(file, 'workload'), plotLibrary());
  assert.equal(page, pageOf(reportOn(file, 'workload'), plotLibrary()));
  assert.doesNotMatch(page, /(?:src|href)=/);
  assert.match(page, /Permission is hereby granted, free of charge/);
  assert.ok(page.includes(plotLibrary().script));
});

test('no name in a report ends the page’s script or becomes an element', (t) => {
  const file = workloadFile(t, { vcpus: 1, memoryMiB: 1, runSeconds: 1 });
  const report = reportOn(file, '<i>w</i>');
  const page = pageOf(report, { script: '', style: '', licence: '' });
  assert.doesNotMatch(page, /<\/script><b>|<i>/);
  assert.match(page, /&lt;\/script&gt;&lt;b&gt;four/);
  const [, embedded = ''] = /<script type="application\/json" id="report">(.*)<\/script>/.exec(page) ?? [];
  assert.deepEqual(JSON.parse(embedded), report);
});

/** What the page's script draws, place by place. */
function drawingsOf(
  page: string,
): readonly { readonly plot: string | undefined; series: unknown[]; data: unknown[] }[] {
  const [, embedded = ''] = /id="report">(.*)<\/script>/.exec(page) ?? [];
  const marks = /data-plot="(\w+)"(?: data-run="(\d)")?(?: data-queue="(\d)")?/g;
  const places = Array.from(page.matchAll(marks), ([, plot, run, queue]) => {
    return { dataset: { plot, run, queue }, clientWidth: 700 };
  });
  const drawn: { plot: string | undefined; series: unknown[]; data: unknown[] }[] = [];
  const document = {
    getElementById: (id: string) => (id === 'report' ? { textContent: embedded } : undefined),
    querySelectorAll: () => places,
  };
  function uPlot({ series }: { series: unknown[] }, data: unknown[], { dataset }: (typeof places)[number]) {
    drawn.push({ plot: dataset.plot, series, data });
  }
  const [script = ''] = page.split('<script>').slice(-1);
  new Script(script.slice(0, script.indexOf('</script>'))).runInNewContext({ document, uPlot });
  return JSON.parse(JSON.stringify(drawn));
}

test('the page’s script draws each place from the report', (t) => {
  const file = workloadFile(t, { vcpus: 1, memoryMiB: 1, runSeconds: 1.5 });
  const drawn = drawingsOf(pageOf(reportOn(file, 'w'), { script: '', style: '', licence: '' }));
  assert.equal(drawn.length, 1 + 2 * 2);
  assert.deepEqual(
    drawn.map(({ series, data }) => [series.length, data.length]),
    [[3, 3], ...Array.from({ length: 4 }, () => [2, 2])],
  );
  // From 0 in steps of a second: a whole vCPU, then one for half of the time that is left.
  assert.deepEqual(drawn[1]?.data, [
    [0, 1],
    [1, 1],
  ]);
});

test('the page shows what each share of a queue had, the greatest users first', (t) => {
  const job = { vcpus: 1, memoryMiB: 1, runSeconds: 1 };
  const shares = Array.from({ length: 25 }, (_, index) => ({ ...job, share: `s${index}`, count: index + 1 }));
  const file = workloadFile(t, ...shares);
  const environment = withPolicy(environmentOf(2), parsePolicy('{"fairsharePolicy":{}}', 'fair'));
  const report = reportOn(file, 'w', [environment]);
  const [run] = report.runs;
  const [timeline] = run?.timeline.queues ?? [];
  assert.deepEqual([timeline?.shares?.length, timeline?.shares?.[0]?.name], [20, 's24']);
  assert.equal(run?.queues[0]?.shares?.length, 25);
  const page = pageOf(report, { script: '', style: '', licence: '' });
  assert.match(page, /vCPUs by share of main, the 20 that used most/);
  assert.deepEqual(
    drawingsOf(page).flatMap(({ plot, series, data }) => (plot === 'shares' ? [[series.length, data.length]] : [])),
    [[21, 21]],
  );
});

test('the page shows instances over time, and what they cost', (t) => {
  const file = workloadFile(t, { vcpus: 1, memoryMiB: 1, runSeconds: 3_600 });
  const computeResources = { type: 'EC2', maxvCpus: 4, instanceTypes: ['m5.large'] };
  const given = {
    formatVersion: 1,
    computeEnvironments: [{ computeEnvironmentName: 'fleet', computeResources }],
    jobQueues: [
      { jobQueueName: 'main', priority: 1, computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'fleet' }] },
    ],
  };
  const report = reportOn(file, 'w', [parseEnvironment(JSON.stringify(given), 'fleet')]);
  const page = pageOf(report, { script: '', style: '', licence: '' });
  // An hour, and a minute idle, at $ 0.096 an hour.
  assert.match(
    page,
    /<td>fleet<\/td><td>1<\/td><td>0<\/td><td>1<\/td><td>1\.017<\/td><td>\$ 0\.10<\/td><td>1 m5\.large</,
  );
  const [drawn] = drawingsOf(page).filter(({ plot }) => plot === 'instances');
  assert.deepEqual([drawn?.series.length, new Set(drawn?.data[1] as number[])], [2, new Set([1])]);
});

test('a cost that rests on an estimated price is called so wherever it stands', (t) => {
  const file = workloadFile(t, { vcpus: 1, memoryMiB: 1, runSeconds: 3_600 });
  const computeResources = { type: 'SPOT', maxvCpus: 4, instanceTypes: ['m5.large'] };
  const given = {
    formatVersion: 1,
    computeEnvironments: [{ computeEnvironmentName: 'fleet', computeResources }],
    jobQueues: [
      { jobQueueName: 'main', priority: 1, computeEnvironmentOrder: [{ order: 1, computeEnvironment: 'fleet' }] },
    ],
  };
  const report = reportOn(file, 'w', [parseEnvironment(JSON.stringify(given), 'fleet')]);
  const costs = pageOf(report, { script: '', style: '', licence: '' }).match(/<td>[^<]*\$ [^<]*<\/td>/g);
  assert.deepEqual([costs?.length, costs?.every((cost) => cost.includes('about $'))], [2, true]);
});

test('times are told in units that people use', () => {
  assert.deepEqual([0.04, 1.25, 59.9, 61, 3_600, 90_061].map(duration), [
    ...['0 s', '1.3 s', '59.9 s', '1 min 1 s', '1 h 0 min', '25 h 1 min'],
  ]);
});
