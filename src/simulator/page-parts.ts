export const pageStyle = `
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #16191f; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border-bottom: 1px solid #d5dbdb; padding: .3rem .8rem; text-align: left; vertical-align: top; }
h2 { margin-top: 2.5rem; }
`;

/** Runs in the browser, behind uPlot: finds the report in the page, and draws what each place asks for. */
export const drawPlots = `
'use strict';
const report = JSON.parse(document.getElementById('report').textContent);
const colours = ['#0972d3', '#d45b07', '#037f0c', '#8456ce', '#ba2e0f', '#007faa', '#8d6605', '#962249'];
const colour = (index) => colours[index % colours.length];
const line = (label, index, fill) => ({
  label, stroke: colour(index), width: 2, points: { show: false }, ...(fill ? { fill: colour(index) + '22' } : {}),
});
const seconds = (_, splits) => splits.map((value) =>
  value >= 86400 ? +(value / 86400).toFixed(1) + ' d' : value >= 3600 ? +(value / 3600).toFixed(1) + ' h' :
  value >= 60 ? +(value / 60).toFixed(1) + ' min' : +value.toFixed(1) + ' s');
const draw = (place, x, xLabel, rows, series, axes) => new uPlot({
  width: place.clientWidth || 800, height: 300, scales: { x: { time: false } },
  series: [{ label: xLabel }, ...series], axes,
}, [x, ...rows], place);
const overTime = (place, of, label) => {
  const { step, queues } = report.runs[place.dataset.run].timeline;
  const length = Math.max(0, ...queues.map((queue) => queue[of].length));
  const x = Array.from({ length }, (_, index) => index * step);
  draw(place, x, 'seconds', queues.map((queue) => queue[of]), queues.map(({ name }, index) => line(name, index, true)),
    [{ values: seconds }, { label }]);
};
const shares = (place) => {
  const { step, queues } = report.runs[place.dataset.run].timeline;
  const { shares } = queues[place.dataset.queue];
  const x = shares[0].vcpus.map((_, index) => index * step);
  draw(place, x, 'seconds', shares.map(({ vcpus }) => vcpus), shares.map(({ name }, index) => line(name, index, false)),
    [{ values: seconds }, { label: 'vCPUs' }]);
};
const instances = (place) => {
  const { step, fleets } = report.runs[place.dataset.run].timeline;
  const x = fleets[0].instances.map((_, index) => index * step);
  draw(place, x, 'seconds', fleets.map(({ instances }) => instances), fleets.map(({ name }, index) => line(name, index, true)),
    [{ values: seconds }, { label: 'instances' }]);
};
const kinds = {
  instances,
  shares,
  waits: (place) => draw(place, Array.from({ length: 101 }, (_, index) => index), 'percentile',
    report.runs.map(({ wait }) => wait.curve), report.runs.map(({ environment }, index) => line(environment, index, false)),
    [{ label: 'percent of attempts that waited at most' }, { values: seconds, size: 70 }]),
  vcpus: (place) => overTime(place, 'vcpus', 'vCPUs'),
  waiting: (place) => overTime(place, 'waiting', 'jobs'),
};
for (const place of document.querySelectorAll('[data-plot]')) kinds[place.dataset.plot](place);
`;
