import { jobStatuses } from '../../core/job.ts';
import type { DescribeArrayOutput } from '../../services/batch/index.ts';
import { withClient } from '../client/with-client.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { formatDuration } from '../output/duration.ts';
import { Printer } from '../output/printer.ts';
import { formatRanges, type Range, rangesOf } from '../output/ranges.ts';
import { statusColour } from '../output/status-style.ts';
import { findJobId } from '../watch/find-job.ts';

interface ArrayFlags extends ConnectionFlags {
  readonly json?: boolean;
}

interface Group {
  readonly status: string;
  readonly count: number;
  readonly ranges: readonly Range[];
}

/** Of each status so many ranges of indexes are shown. */
const shownRanges = 12;

/** `batchyard array JOB`: which children of an array have which status. */
export async function array(invocation: Invocation, flags: ArrayFlags, reference: string): Promise<ExitCode> {
  const found = await withClient(invocation, flags, async (client) =>
    client.extension<DescribeArrayOutput>('DescribeArray', { jobId: await findJobId(client, reference) }),
  );
  const groups = groupsOf(found);
  const { jobId, jobName, size, changedAt } = found;
  const printer = new Printer(invocation);
  if (flags.json) {
    printer.json({ jobId, jobName, size, changedAt, groups });
    return 0;
  }
  const age = formatDuration(invocation.clock.now() - changedAt);
  printer.line(`${printer.style('bold', jobName)}  ${jobId}  ${size} children, the last change ${age} ago`);
  for (const { status, count, ranges } of groups) {
    const words = printer.style(statusColour(status), `${count} ${status}`);
    printer.line(`${words}: ${formatRanges(ranges, shownRanges)}`);
  }
  return 0;
}

function groupsOf({ states, size }: DescribeArrayOutput): readonly Group[] {
  const bytes = Buffer.from(states, 'base64');
  const indexes = jobStatuses.map((): number[] => []);
  for (let index = 0; index < size; index += 1) {
    const byte = bytes[index >> 1] ?? 0;
    indexes[index % 2 === 0 ? byte >> 4 : byte & 15]?.push(index);
  }
  return jobStatuses.flatMap((status, place) => {
    const own = indexes[place] ?? [];
    return own.length === 0 ? [] : [{ status, count: own.length, ranges: rangesOf(own) }];
  });
}
