import { drawPlots, pageStyle } from './page-parts.ts';
import type { PlotLibrary } from './plot-library.ts';
import type { RunReport, SimulationReport, WaitReport } from './report.ts';

/** A page that needs nothing else: the report in tables and plots, for a browser without network. */
export function pageOf(report: SimulationReport, { script, style, licence }: PlotLibrary): string {
  const title = asText(`Simulation of ${report.workload.name}`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>${title}</title>
<!-- uPlot draws the plots.
${licence.replaceAll('--', '- -')}-->
<style>${style}${pageStyle}</style>
</head>
<body>
<h1>${title}</h1>
<p>Seed ${report.seed}.${droppedWords(report)} Waits are from RUNNABLE to the placement of each attempt.</p>
${comparison(report.runs)}
<h2>Waits</h2>
<div class="plot" data-plot="waits"></div>
${report.runs.map(runSection).join('\n')}
<script>${script}</script>
<script type="application/json" id="report">${embedded(report)}</script>
<script>${drawPlots}</script>
</body>
</html>
`;
}

function droppedWords({ workload: { dropped } }: SimulationReport): string {
  const words = Object.entries(dropped).filter(([, count]) => count > 0);
  return words.map(([why, count]) => asText(` ${leftOutWords(count, why)}.`)).join('');
}

/** Such as `1 job was left out: run time unknown`. */
export function leftOutWords(count: number, why: string): string {
  return `${count === 1 ? '1 job was' : `${count} jobs were`} left out: ${why}`;
}

function comparison(runs: readonly RunReport[]): string {
  const heads = ['Environment', 'Jobs', 'Failed', 'Unfinished', 'Makespan', ...waitHeads, 'Utilisation', 'Cost'];
  const rows = runs.map(({ environment, jobs, makespan, wait, pools, cost, fleets = [] }) => {
    const use = pools.map(({ name, utilisation = 0 }) => `${name} ${percent(utilisation)}`).join(', ');
    const counts = [jobs.submitted, jobs.failed, jobs.unfinished].map(String);
    const isEstimate = fleets.some((fleet) => fleet.isEstimate);
    return [environment, ...counts, duration(makespan), ...waitCells(wait), use, dollars(cost, isEstimate)];
  });
  return table(heads, rows);
}

function runSection(run: RunReport, index: number): string {
  const queues = run.queues.map(({ name, wait, vcpuHours, mostWaiting, stuck }) => {
    const words = stuck ? `${stuck.waiting} never start: ${stuck.reason}` : '';
    return [name, String(wait.count), ...waitCells(wait), String(vcpuHours), String(mostWaiting), words];
  });
  const uses = [...run.computeEnvironments, ...run.pools].map((use) => {
    const { name, vcpus, vcpuHours, mostUsed, utilisation } = use;
    return [name, String(vcpus ?? ''), String(vcpuHours), String(mostUsed), percent(utilisation)];
  });
  return `<h2>${asText(run.environment)}</h2>
<h3>vCPUs by job queue</h3>
<div class="plot" data-plot="vcpus" data-run="${index}"></div>
<h3>Waiting jobs by job queue</h3>
<div class="plot" data-plot="waiting" data-run="${index}"></div>
${run.timeline.queues.map((queue, at) => sharesOf(run, queue, { run: index, queue: at })).join('')}${table(['Job queue', 'Placements', ...waitHeads, 'vCPU hours', 'Most waiting', 'Stuck'], queues)}
${instancesOf(run, index)}${table(['Compute environment or pool', 'vCPUs', 'vCPU hours', 'Most used', 'Utilisation'], uses)}`;
}

function instancesOf({ fleets = [], timeline }: RunReport, run: number): string {
  if (!timeline.fleets) return '';
  const rows = fleets.map(({ name, launched, interrupted, mostInstances, instanceHours, cost, isEstimate, types }) => {
    const named = Object.entries(types).map(([type, count]) => `${count} ${type}`);
    const counts = [launched, interrupted, mostInstances, instanceHours].map(String);
    return [name, ...counts, dollars(cost, isEstimate), named.join(', ')];
  });
  return `<h3>Instances by compute environment</h3>
<div class="plot" data-plot="instances" data-run="${run}"></div>
${table(['Compute environment', 'Launched', 'Interrupted', 'Most', 'Instance hours', 'Cost', 'Types'], rows)}
`;
}

function sharesOf(
  { queues }: RunReport,
  { name, shares: drawn }: RunReport['timeline']['queues'][number],
  at: { readonly run: number; readonly queue: number },
): string {
  const { shares = [] } = queues.find((queue) => queue.name === name) ?? {};
  if (!drawn) return '';
  const rows = shares.map(({ name: share, wait, vcpuHours }) => {
    return [share, String(wait.count), ...waitCells(wait), String(vcpuHours)];
  });
  return `<h3>vCPUs by share of ${asText(name)}${shares.length > drawn.length ? `, the ${drawn.length} that used most` : ''}</h3>
<div class="plot" data-plot="shares" data-run="${at.run}" data-queue="${at.queue}"></div>
${table(['Share', 'Placements', ...waitHeads, 'vCPU hours'], rows)}
`;
}

const waitHeads = ['Wait p50', 'p90', 'p95', 'p99', 'Longest'] as const;

function waitCells({ p50, p90, p95, p99, max }: Omit<WaitReport, 'curve'>): readonly string[] {
  return [p50, p90, p95, p99, max].map(duration);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((each) => `<th>${asText(each)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((each) => `<td>${asText(each)}</td>`).join('')}</tr>`).join('\n');
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

/** Such as `2 h 5 min`, `3 min 4 s`, `1.5 s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds * 10) / 10} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Such as `$ 12.34`, `about $ 12.34` of prices that are estimates. */
export function dollars(amount: number | undefined, isEstimate = false): string {
  return amount === undefined ? '' : `${isEstimate ? 'about ' : ''}$ ${amount.toFixed(2)}`;
}

/** Such as `93.4 %`. */
export function percent(part: number | undefined): string {
  return part === undefined ? '' : `${Math.round(part * 1000) / 10} %`;
}

/** JSON that ends no script, whatever names are in it. */
function embedded(report: SimulationReport): string {
  return JSON.stringify(report).replaceAll('<', '\\u003c');
}

function asText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
