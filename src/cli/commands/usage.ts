import { nameOfArn, parseArn } from '../../core/arn.ts';
import type { ListUsageOutput, UsageGroup, UsageKind } from '../../services/batch/index.ts';
import type { Client } from '../client/client.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { type ExitCode, type Invocation, UsageError } from '../invocation.ts';
import { secondsOf } from '../job-flags.ts';
import { Printer } from '../output/printer.ts';
import { type Column, formatTable } from '../output/table.ts';

interface UsageFlags extends ConnectionFlags {
  readonly by: string;
  readonly since: string;
  readonly json?: boolean;
}

/** `batchyard usage --by KIND`: what jobs took whose attempts ended since then, and what runs, the most vCPU hours first. */
export async function usage(invocation: Invocation, flags: UsageFlags): Promise<ExitCode> {
  const { clock, stdout } = invocation;
  const printer = new Printer(invocation);
  const by = kindOf(flags.by);
  const since = Math.max(0, clock.now() - 1_000 * secondsOf('--since', flags.since));
  const { from, groups } = await withClient(invocation, flags, (client) => readAll(client, by, since));
  if (flags.json) printer.json({ by, from, groups });
  else {
    printer.note(`What ended since ${new Date(from).toISOString()}, or runs:`);
    const width = stdout.isTTY ? stdout.columns : undefined;
    const [head = '', ...rows] = formatTable(columnsFor(by, groups), groups, width);
    if (rows.length === 0) printer.note('No jobs.');
    else printer.line(printer.style('bold', head));
    for (const row of rows) printer.line(row);
  }
  return 0;
}

const columnsBy = {
  share: [
    { heading: 'SHARE', text: ({ shareIdentifier = '-' }) => shareIdentifier },
    { heading: 'QUEUE', text: queueOf },
  ],
  queue: [{ heading: 'QUEUE', text: queueOf }],
  user: [{ heading: 'USER', text: ({ principal }) => (principal && parseArn(principal)?.resource) ?? '-' }],
  definition: [{ heading: 'DEFINITION', text: ({ jobDefinitionArn }) => nameOf(jobDefinitionArn) }],
} as const satisfies Readonly<Record<UsageKind, readonly Column<UsageGroup>[]>>;

function kindOf(given: string): UsageKind {
  const kinds = Object.keys(columnsBy) as UsageKind[];
  const kind = kinds.find((each) => each === given);
  if (kind) return kind;
  throw new UsageError(`--by must be one of ${kinds.join(', ')}, not ${given}`);
}

/** The sums of all pages, the most vCPU hours first. */
async function readAll(
  client: Client,
  by: UsageKind,
  since: number,
): Promise<Pick<ListUsageOutput, 'from' | 'groups'>> {
  const groups = new Map<string, UsageGroup>();
  let nextToken: string | undefined;
  let from = since;
  do {
    const page: ListUsageOutput = await client.extension('ListUsage', { by, since, ...(nextToken && { nextToken }) });
    for (const group of page.groups) {
      const { ended: _ended, running: _running, ...key } = group;
      const text = JSON.stringify(key);
      const known = groups.get(text);
      groups.set(text, known ? sumOf(known, group) : group);
    }
    ({ from, nextToken } = page);
  } while (nextToken);
  return { from, groups: [...groups.values()].map(rounded).sort((a, b) => vcpuSeconds(b) - vcpuSeconds(a)) };
}

/** To thousandths: sums of fractions end in noise. */
function rounded(group: UsageGroup): UsageGroup {
  return { ...group, ended: roundedSums(group.ended), running: roundedSums(group.running) };
}

function roundedSums<Sums extends Readonly<Record<keyof Sums, number>>>(sums: Sums): Sums {
  const names = Object.keys(sums) as (keyof Sums)[];
  return Object.fromEntries(names.map((name) => [name, Math.round(sums[name] * 1_000) / 1_000])) as Sums;
}

function sumOf(one: UsageGroup, other: UsageGroup): UsageGroup {
  const peakMemoryBytes = Math.max(one.ended.peakMemoryBytes, other.ended.peakMemoryBytes);
  const ended = { ...addedUp(one.ended, other.ended), peakMemoryBytes };
  return { ...one, ended, running: addedUp(one.running, other.running) };
}

function addedUp<Sums extends Readonly<Record<keyof Sums, number>>>(one: Sums, other: Sums): Sums {
  const names = Object.keys(one) as (keyof Sums)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as Sums;
}

function columnsFor(by: UsageKind, groups: readonly UsageGroup[]): readonly Column<UsageGroup>[] {
  const gpus = { heading: 'GPU HOURS', text: (group: UsageGroup) => hours(gpuSeconds(group)) };
  return [
    ...columnsBy[by],
    { heading: 'VCPU HOURS', text: (group) => hours(vcpuSeconds(group)) },
    { heading: 'GIB HOURS', text: (group) => hours(memoryMiBSeconds(group) / 1_024) },
    ...(groups.some((group) => gpuSeconds(group) > 0) ? [gpus] : []),
    { heading: 'CPU HOURS', text: ({ ended }) => hours(ended.cpuSeconds), yields: 2 },
    { heading: 'PEAK', text: ({ ended }) => mebibytes(ended.peakMemoryBytes), yields: 1 },
    { heading: 'ATTEMPTS', text: ({ ended }) => String(ended.attempts) },
    { heading: 'RUNNING', text: ({ running }) => String(running.attempts), stays: true },
  ];
}

function queueOf({ jobQueueArn }: UsageGroup): string {
  return nameOf(jobQueueArn);
}

function nameOf(arn: string | undefined): string {
  return arn === undefined ? '-' : nameOfArn(arn);
}

function vcpuSeconds({ ended, running }: UsageGroup): number {
  return ended.vcpuSeconds + running.vcpuSeconds;
}

function memoryMiBSeconds({ ended, running }: UsageGroup): number {
  return ended.memoryMiBSeconds + running.memoryMiBSeconds;
}

function gpuSeconds({ ended, running }: UsageGroup): number {
  return ended.gpuSeconds + running.gpuSeconds;
}

function hours(seconds: number): string {
  return (seconds / 3_600).toFixed(3);
}

function mebibytes(bytes: number): string {
  return bytes === 0 ? '-' : `${Math.round(bytes / 2 ** 20)} MiB`;
}
