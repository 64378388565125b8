/**
 * Runs the benches: `npm run bench`, or `npm run bench -- submit start` for some. Prints each figure, and writes all of
 * them to test-results/bench.json. A missed aim is no failure: timings belong to the machine. README.md says more.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { arrays } from './arrays.ts';
import { consolePages } from './console.ts';
import { containerCpu } from './container-cpu.ts';
import { containersOfDaemons } from './docker.ts';
import { greedyExpressions } from './expressions.ts';
import { firstLogLine } from './first-log-line.ts';
import { imageStart } from './image-start.ts';
import { jobThroughput } from './job-throughput.ts';
import { loadOfMillion } from './load.ts';
import { refusals } from './refusals.ts';
import { schedulerScale } from './scheduler.ts';
import { simulatedMillion } from './simulate.ts';
import { startAndMemory } from './start-and-memory.ts';
import { statesThroughput } from './states.ts';
import { submitRatios } from './submit-ratios.ts';
import { submitThroughput } from './submit-throughput.ts';
import { closeServers } from './support/bench-server.ts';
import { type Finding, formatFigure } from './support/figure.ts';
import { unpacking } from './unpack.ts';
import { unsandboxedThroughput } from './unsandboxed-throughput.ts';

const benches: Readonly<Record<string, { readonly title: string; readonly run: () => Promise<Finding> }>> = {
  submit: { title: 'SubmitJob against a bare server that writes the same rows', run: submitThroughput },
  ratios: { title: 'SubmitJob with records of calls and without, and by a user with 50 statements', run: submitRatios },
  jobs: { title: '2,000 x true, sandboxed, against xargs', run: jobThroughput },
  arrays: { title: 'Arrays of 10,000 against single jobs', run: arrays },
  unsandboxed: { title: '2,000 x true, without sandbox, against a spawn loop in Node', run: unsandboxedThroughput },
  images: { title: 'A job of an image against one of the host’s files', run: imageStart },
  docker: { title: 'Containers through us against the daemon’s own API', run: containersOfDaemons },
  'container-cpu': { title: 'What a container costs the server, on a daemon that costs nothing', run: containerCpu },
  'first-line': { title: 'From SubmitJob to the first log line', run: firstLogLine },
  states: { title: 'State machines: transitions, and memory of waiting executions', run: statesThroughput },
  console: { title: 'Pages of the console in Chromium', run: consolePages },
  expressions: { title: '/healthz while greedy expressions are evaluated', run: greedyExpressions },
  refusals: { title: '/healthz while what must be refused is sent at its largest', run: refusals },
  scheduler: { title: 'Plans with a million waiting jobs, and with 10,000', run: schedulerScale },
  load: { title: 'Start and rebuild with a million waiting jobs', run: loadOfMillion },
  simulate: { title: 'A million jobs simulated', run: simulatedMillion },
  unpack: { title: 'An image of 8,000 files unpacked, against tar', run: unpacking },
  start: { title: 'Cold start, and memory when idle', run: startAndMemory },
};
const resultsFile = join(import.meta.dirname, '../test-results/bench.json');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void closeServers().finally(() => process.exit(1)));
}
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0)
  throw new Error(`there is no bench ${unknown.join(', ')}, only ${Object.keys(benches).join(', ')}`);
const results: Record<string, Finding> = {};
for (const [name, { title, run }] of Object.entries(benches)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`\n${name}: ${title}`);
  const finding = await run();
  results[name] = finding;
  print(finding);
}
mkdirSync(dirname(resultsFile), { recursive: true });
writeFileSync(
  resultsFile,
  `${JSON.stringify({ formatVersion: 1, at: new Date(), machine: machine(), results }, null, 2)}\n`,
);

function print(finding: Finding): void {
  if (finding.kind === 'skipped') {
    console.log(`  skipped: ${finding.reason}`);
    return;
  }
  for (const figure of finding.figures) console.log(formatFigure(figure));
  for (const remark of finding.remarks ?? []) console.log(`  ${remark}`);
}

function machine(): object {
  const processors = cpus();
  return { cpus: processors.length, model: processors[0]?.model, node: process.version };
}
