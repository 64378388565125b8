import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Script } from 'node:vm';
import { compare } from './compare.ts';
import { jsonWorkload } from './json-workload.ts';
import { duration, pageOf } from './page.ts';
import { plotLibrary } from './plot-library.ts';
import type { SimulationReport } from './report.ts';
import { environmentOf, workloadFile } from './simulation.fixture.ts';

function reportOn(file: string, name: string): SimulationReport {
  const environments = [environmentOf(2), { ...environmentOf(4), name: '</script><b>four' }];
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

test('the page’s script draws each place from the report', (t) => {
  const file = workloadFile(t, { vcpus: 1, memoryMiB: 1, runSeconds: 1.5 });
  const page = pageOf(reportOn(file, 'w'), { script: '', style: '', licence: '' });
  const [, embedded = ''] = /id="report">(.*)<\/script>/.exec(page) ?? [];
  const places = Array.from(page.matchAll(/data-plot="(\w+)"(?: data-run="(\d)")?/g), ([, plot, run]) => {
    return { dataset: { plot, run }, clientWidth: 700 };
  });
  const drawn: { series: unknown[]; data: unknown[] }[] = [];
  const document = {
    getElementById: (id: string) => (id === 'report' ? { textContent: embedded } : undefined),
    querySelectorAll: () => places,
  };
  function uPlot({ series }: { series: unknown[] }, data: unknown[]) {
    drawn.push({ series, data });
  }
  const [script = ''] = page.split('<script>').slice(-1);
  new Script(script.slice(0, script.indexOf('</script>'))).runInNewContext({ document, uPlot });
  assert.equal(drawn.length, 1 + 2 * 2);
  assert.deepEqual(
    drawn.map(({ series, data }) => [series.length, data.length]),
    [[3, 3], ...Array.from({ length: 4 }, () => [2, 2])],
  );
  // From 0 in steps of a second: a whole vCPU, then one for half of the time that is left.
  assert.deepEqual(JSON.parse(JSON.stringify(drawn[1]?.data)), [
    [0, 1],
    [1, 1],
  ]);
});

test('times are told in units that people use', () => {
  assert.deepEqual([0.04, 1.25, 59.9, 61, 3_600, 90_061].map(duration), [
    ...['0 s', '1.3 s', '59.9 s', '1 min 1 s', '1 h 0 min', '25 h 1 min'],
  ]);
});
