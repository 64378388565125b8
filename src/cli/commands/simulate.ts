import { readFile, writeFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CatalogueError, InstanceTypes, parseCatalogue } from '../../instance-types/index.ts';
import {
  builtInSource,
  type Comparison,
  compare,
  dollars,
  duration,
  type FindTypes,
  type FleetReport,
  jsonWorkload,
  leftOutWords,
  linesWorkload,
  type Progress,
  pageOf,
  parseEnvironment,
  parsePolicy,
  percent,
  plotLibrary,
  queueNames,
  type RunReport,
  type ShareReport,
  type SimulatedEnvironment,
  SimulationError,
  type SimulationReport,
  swfWorkload,
  withPolicy,
} from '../../simulator/index.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { serverEnvironment, serverTypes } from '../history/server-environment.ts';
import { serverHistory } from '../history/server-history.ts';
import { CommandError, type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { LiveLine } from '../output/live-line.ts';
import { Printer } from '../output/printer.ts';
import { type Column, formatTable } from '../output/table.ts';
import { wholeNumber } from '../whole-number.ts';

interface SimulateFlags extends ConnectionFlags {
  readonly fromServer?: boolean;
  readonly instanceTypes?: string;
  readonly environment?: string;
  readonly compare?: readonly string[];
  readonly policy?: string;
  readonly seed: string;
  readonly html?: string;
  readonly json?: boolean;
}

const largestSeed = 2 ** 32 - 1;
/** From one picture of the progress to the next. */
const redrawEvery = 100;
const barWidth = 20;
/** Of each queue, on a screen. */
const mostShares = 20;

/** `batchyard simulate WORKLOAD`: what would become of a workload, by the scheduler of the server. A server is asked for what it has and has run. */
export async function simulate(
  invocation: Invocation,
  flags: SimulateFlags,
  file: string | undefined,
): Promise<ExitCode> {
  const seed = wholeNumber('--seed', flags.seed, 0, largestSeed);
  const hasEnvironment = flags.environment !== undefined || flags.compare !== undefined || flags.fromServer;
  if (!hasEnvironment) throw new UsageError('--environment FILE must say where the jobs are to run');
  try {
    const environments = await readEnvironments(invocation, flags);
    const workload = flags.fromServer ? await recorded(invocation, flags, file) : fileWorkload(invocation, file);
    const report = await watched(invocation, { ...workload, environments, seed });
    if (flags.html !== undefined)
      await writeFile(resolve(invocation.directory, flags.html), pageOf(report, plotLibrary()));
    show(new Printer(invocation), report, flags.json === true);
    return 0;
  } catch (error) {
    if (error instanceof SimulationError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

/** Of each file, after the server's own if that is asked and no other is; with a policy, the first once more as it would be under that. */
async function readEnvironments(
  invocation: Invocation,
  flags: SimulateFlags,
): Promise<readonly SimulatedEnvironment[]> {
  const { environment, compare: others = [], policy: policyPath } = flags;
  const isServers = environment === undefined && flags.fromServer === true;
  const types = await readTypes(invocation, flags);
  const own = isServers ? [await withClient(invocation, flags, (client) => serverEnvironment(client, types))] : [];
  const paths = [...(environment === undefined ? [] : [environment]), ...others];
  const [first, ...rest] = [
    ...own,
    ...(await Promise.all(paths.map((path) => readEnvironment(invocation, path, types)))),
  ];
  if (!first) return [];
  if (policyPath === undefined) return [first, ...rest];
  const text = await readFile(resolve(invocation.directory, policyPath), 'utf8');
  const policy = parsePolicy(text, basename(policyPath, extname(policyPath)));
  return [first, withPolicy(first, policy), ...rest];
}

async function readEnvironment(
  { directory }: Invocation,
  path: string,
  types: FindTypes,
): Promise<SimulatedEnvironment> {
  return parseEnvironment(await readFile(resolve(directory, path), 'utf8'), basename(path, extname(path)), types);
}

/** Of a file that is named, else of the server that is asked, else those that come with this command. */
async function readTypes(invocation: Invocation, flags: SimulateFlags): Promise<FindTypes> {
  const { instanceTypes: path, fromServer } = flags;
  if (path === undefined) return fromServer ? withClient(invocation, flags, serverTypes) : builtInSource;
  try {
    const types = new InstanceTypes(parseCatalogue(await readFile(resolve(invocation.directory, path), 'utf8')));
    return () => ({ ...builtInSource(), types });
  } catch (error) {
    if (error instanceof CatalogueError) throw new CommandError(`${path} ${error.message}`, { cause: error });
    throw error;
  }
}

type NamedWorkload = Pick<Comparison, 'name' | 'open'>;

function fileWorkload({ directory }: Invocation, file: string | undefined): NamedWorkload {
  if (file === undefined) throw new UsageError('name a WORKLOAD, or --from-server');
  const path = resolve(directory, file);
  const isTrace = extname(path) === '.swf';
  const open: Comparison['open'] = (environment) =>
    isTrace ? swfWorkload(path, queueNames(environment)) : jsonWorkload(path);
  return { name: basename(file), open };
}

/** What a server has run, kept in a file if one is named. */
async function recorded(
  invocation: Invocation,
  flags: SimulateFlags,
  file: string | undefined,
): Promise<NamedWorkload> {
  const { lines, dropped } = await withClient(invocation, flags, serverHistory);
  if (lines.length === 1) throw new CommandError('no job has ended on the server that could be simulated');
  if (file !== undefined) await writeFile(resolve(invocation.directory, file), `${lines.join('\n')}\n`);
  return {
    name: file === undefined ? 'the server’s history' : basename(file),
    open: () => linesWorkload(lines, dropped),
  };
}

/** Simulates, and shows on a terminal how far that is. Between steps others have their turn, such as Ctrl-C. */
async function watched(invocation: Invocation, comparison: Comparison): Promise<SimulationReport> {
  const { clock, stderr, environment } = invocation;
  const line = new LiveLine(stderr, environment.TERM);
  const steps = compare(comparison);
  let drawnAt = Number.NEGATIVE_INFINITY;
  try {
    for (;;) {
      const { value, done } = steps.next();
      if (done) return value;
      if (clock.monotonic() - drawnAt >= redrawEvery) {
        drawnAt = clock.monotonic();
        line.draw(progressWords(value, comparison.environments.length));
      }
      await nextTurn();
    }
  } finally {
    line.erase();
  }
}

/** Such as `[##########----------] 50 %, 500000 jobs have ended, today (1 of 2)`. */
export function progressWords({ environment, index, read, ended }: Progress, count: number): string {
  const filled = Math.floor(read * barWidth);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}]`;
  const which = count > 1 ? `, ${environment} (${index + 1} of ${count})` : '';
  return `${bar} ${Math.floor(read * 100)} % of the workload has come, ${ended} jobs have ended${which}`;
}

function show(printer: Printer, report: SimulationReport, json: boolean): void {
  if (json) {
    printer.json(report);
    return;
  }
  for (const [why, count] of Object.entries(report.workload.dropped))
    if (count > 0) printer.note(leftOutWords(count, why));
  for (const line of formatTable(runColumns, report.runs)) printer.line(line);
  for (const run of report.runs) {
    printer.line('');
    printer.line(run.environment);
    for (const line of formatTable(queueColumns, run.queues)) printer.line(`  ${line}`);
    if (run.fleets) for (const line of formatTable(fleetColumns, run.fleets)) printer.line(`  ${line}`);
    for (const { name, shares } of run.queues) if (shares) showShares(printer, name, shares);
    for (const { name, stuck } of run.queues)
      if (stuck) printer.line(`  ${name}: ${stuck.waiting} jobs never start. ${stuck.reason}`);
  }
}

function showShares(printer: Printer, queue: string, shares: readonly ShareReport[]): void {
  printer.line(`  Shares of ${queue}`);
  for (const line of formatTable(shareColumns, shares.slice(0, mostShares))) printer.line(`    ${line}`);
  if (shares.length > mostShares) printer.line(`    and ${shares.length - mostShares} that used less (--json has all)`);
}

const runColumns: readonly Column<RunReport>[] = [
  { heading: 'ENVIRONMENT', text: ({ environment }) => environment },
  { heading: 'JOBS', text: ({ jobs }) => String(jobs.submitted) },
  { heading: 'FAILED', text: ({ jobs }) => String(jobs.failed) },
  { heading: 'UNFINISHED', text: ({ jobs }) => String(jobs.unfinished) },
  { heading: 'MAKESPAN', text: ({ makespan }) => duration(makespan) },
  { heading: 'WAIT P50', text: ({ wait }) => duration(wait.p50) },
  { heading: 'P95', text: ({ wait }) => duration(wait.p95) },
  { heading: 'LONGEST', text: ({ wait }) => duration(wait.max) },
  {
    heading: 'UTILISATION',
    text: ({ pools }) => pools.map(({ name, utilisation }) => `${name} ${percent(utilisation)}`).join(', '),
  },
  {
    heading: 'COST',
    text: ({ cost, fleets = [] }) =>
      dollars(
        cost,
        fleets.some(({ isEstimate }) => isEstimate),
      ),
  },
];

type Served = Pick<ShareReport, 'name' | 'wait' | 'vcpuHours'>;

const servedColumns: readonly Column<Served>[] = [
  { heading: 'PLACED', text: ({ wait }) => String(wait.count) },
  { heading: 'WAIT P50', text: ({ wait }) => duration(wait.p50) },
  { heading: 'P95', text: ({ wait }) => duration(wait.p95) },
  { heading: 'LONGEST', text: ({ wait }) => duration(wait.max) },
  { heading: 'VCPU HOURS', text: ({ vcpuHours }) => String(vcpuHours) },
];
const queueColumns: readonly Column<Served>[] = [{ heading: 'JOB QUEUE', text: ({ name }) => name }, ...servedColumns];
const shareColumns: readonly Column<Served>[] = [{ heading: 'SHARE', text: ({ name }) => name }, ...servedColumns];

const fleetColumns: readonly Column<FleetReport>[] = [
  { heading: 'INSTANCES OF', text: ({ name }) => name },
  { heading: 'LAUNCHED', text: ({ launched }) => String(launched) },
  { heading: 'INTERRUPTED', text: ({ interrupted }) => String(interrupted) },
  { heading: 'MOST', text: ({ mostInstances }) => String(mostInstances) },
  { heading: 'HOURS', text: ({ instanceHours }) => String(instanceHours) },
  { heading: 'COST', text: ({ cost, isEstimate }) => dollars(cost, isEstimate) },
  {
    heading: 'TYPES',
    text: ({ types }) =>
      Object.entries(types)
        .map(([type, count]) => `${count} ${type}`)
        .slice(0, 5)
        .join(', '),
  },
];
