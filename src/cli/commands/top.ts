import { nameOfArn } from '../../core/arn.ts';
import type { Client } from '../client/client.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { type ExitCode, type Invocation, pause, UsageError } from '../invocation.ts';
import { formatDuration } from '../output/duration.ts';
import { LiveBlock } from '../output/live-block.ts';
import { Printer } from '../output/printer.ts';
import { type Column, formatTable } from '../output/table.ts';
import { type Busyness, BusynessMeter, type UsedTask } from '../watch/busyness.ts';
import { watchUntilInterrupted } from '../watch/interruption.ts';
import { patiently } from '../watch/watch.ts';
import { wholeNumber } from '../whole-number.ts';

interface TopFlags extends ConnectionFlags {
  readonly sort: string;
  readonly limit: string;
  readonly once?: boolean;
  readonly json?: boolean;
}

/** What the server's ListTaskUsage answers. */
interface UsagePage {
  readonly tasks: readonly UsedTask[];
  readonly silent: readonly { readonly engine: string; readonly reason: string }[];
  readonly nextToken?: string;
}

type MeasuredTask = UsedTask & { readonly busyness: Busyness };

/** What is shown at a time. */
interface Picture {
  readonly tasks: readonly MeasuredTask[];
  /** Why some are not measured. */
  readonly silent: readonly string[];
}

/** From one picture to the next; also the time over which `--once` measures. */
const redrawEvery = 2_000;

type Value = (task: MeasuredTask) => number;
const sortings: Readonly<Record<string, Value>> = {
  cpu: ({ busyness }) => busyness.cpus ?? -1,
  mem: ({ busyness }) => busyness.memoryBytes ?? -1,
};

/** `batchyard top`: the jobs that run, with what they use; drawn again and again on a terminal, else once. */
export async function top(invocation: Invocation, flags: TopFlags): Promise<ExitCode> {
  const value = sortings[flags.sort];
  if (!value) throw new UsageError(`--sort must be one of ${Object.keys(sortings).join(', ')}, not ${flags.sort}`);
  const limit = wholeNumber('--limit', flags.limit, 1);
  const block = new LiveBlock(invocation.stdout, invocation.environment.TERM);
  const client = connect(invocation, flags);
  const take = pictures(client, value);
  try {
    if (flags.once || flags.json || !block.isShown) return await showOnce(invocation, take, limit, flags.json === true);
    return await watchUntilInterrupted(invocation, async (signal) => {
      const printer = new Printer(invocation);
      while (!signal.aborted) {
        const picture = await patiently({ clock: invocation.clock, signal }, take);
        block.draw(linesOf(printer, picture, limit, invocation.clock.now()));
        await pause(invocation.clock, redrawEvery, signal);
      }
      return 0;
    });
  } finally {
    client.close();
  }
}

/** How busy a job is takes two measurements. */
async function showOnce(invocation: Invocation, take: () => Promise<Picture>, limit: number, json: boolean) {
  const { clock, stdout } = invocation;
  await take();
  await pause(clock, redrawEvery);
  const picture = await take();
  const printer = new Printer(invocation);
  if (json) printer.json({ tasks: picture.tasks.slice(0, limit), silent: picture.silent });
  else {
    const width = stdout.isTTY ? stdout.columns : undefined;
    for (const line of linesOf(printer, picture, limit, clock.now(), width)) printer.line(line);
  }
  return 0;
}

/** Answers what takes one picture after the other. */
function pictures(client: Client, value: Value): () => Promise<Picture> {
  const meter = new BusynessMeter();
  return async () => {
    const { tasks, silent } = await readAll(client);
    const measured = [...meter.measure(tasks)].sort((a, b) => value(b) - value(a) || (a.jobId < b.jobId ? -1 : 1));
    return { tasks: measured, silent };
  };
}

async function readAll(
  client: Client,
): Promise<{ readonly tasks: readonly UsedTask[]; readonly silent: readonly string[] }> {
  const tasks: UsedTask[] = [];
  const silent = new Set<string>();
  let nextToken: string | undefined;
  do {
    const page: UsagePage = await client.extension('ListTaskUsage', { ...(nextToken && { nextToken }) });
    tasks.push(...page.tasks);
    for (const { engine, reason } of page.silent) silent.add(`no usage from engine ${engine}: ${reason}`);
    nextToken = page.nextToken;
  } while (nextToken);
  return { tasks, silent: [...silent] };
}

function linesOf(
  printer: Printer,
  { tasks, silent }: Picture,
  limit: number,
  now: number,
  width?: number,
): readonly string[] {
  const cpus = tasks.reduce((sum, { busyness }) => sum + (busyness.cpus ?? 0), 0);
  const memory = tasks.reduce((sum, { busyness }) => sum + (busyness.memoryBytes ?? 0), 0);
  const head = `${tasks.length} running, ${cpus.toFixed(1)} CPUs and ${mebibytes(memory)} in use`;
  const [headings = '', ...rows] = formatTable(columnsFor(now), tasks.slice(0, limit), width);
  const left = tasks.length - rows.length;
  return [
    head,
    ...silent,
    ...(tasks.length === 0 ? [] : [printer.style('bold', headings), ...rows]),
    ...(left > 0 ? [`and ${left} more: see --limit`] : []),
  ];
}

function columnsFor(now: number): readonly Column<MeasuredTask>[] {
  return [
    { heading: 'JOB ID', text: ({ jobId }) => jobId },
    { heading: 'NAME', text: ({ jobName }) => jobName },
    { heading: 'QUEUE', text: ({ jobQueue }) => nameOfArn(jobQueue), yields: 1 },
    {
      heading: 'RUNS',
      text: ({ startedAt }) => (startedAt === undefined ? '' : formatDuration(now - startedAt)),
      yields: 2,
    },
    { heading: 'CPU', text: ({ busyness }) => (busyness.cpus === undefined ? '-' : busyness.cpus.toFixed(2)) },
    { heading: 'OF', text: ({ asked }) => String(asked.vcpus) },
    { heading: 'MEMORY', text: ({ busyness }) => mebibytes(busyness.memoryBytes) },
    { heading: 'PEAK', text: ({ busyness }) => mebibytes(busyness.peakMemoryBytes) },
    { heading: 'OF', text: ({ asked }) => `${asked.memoryMiB} MiB` },
    {
      heading: 'PEAK %',
      text: ({ busyness: { peakMemoryBytes }, asked }) =>
        peakMemoryBytes === undefined ? '-' : `${Math.round((100 * peakMemoryBytes) / (asked.memoryMiB * 2 ** 20))}%`,
    },
  ];
}

function mebibytes(bytes: number | undefined): string {
  return bytes === undefined ? '-' : `${Math.round(bytes / 2 ** 20)} MiB`;
}
