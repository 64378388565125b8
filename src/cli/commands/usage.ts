import { nameOfArn, parseArn } from '../../core/arn.ts';
import type { UsageGroup, UsageKind } from '../../services/batch/index.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { gpuSeconds, memoryMiBSeconds, readUsage, vcpuSeconds } from '../history/usage.ts';
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
  const { from, groups } = await withClient(invocation, flags, (client) => readUsage(client, by, since));
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

function hours(seconds: number): string {
  return (seconds / 3_600).toFixed(3);
}

function mebibytes(bytes: number): string {
  return bytes === 0 ? '-' : `${Math.round(bytes / 2 ** 20)} MiB`;
}
