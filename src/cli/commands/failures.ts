import type { JobDetail } from '@aws-sdk/client-batch';
import type { Client } from '../client/client.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { Printer } from '../output/printer.ts';
import { formatRanges } from '../output/ranges.ts';
import { failureWords } from '../watch/failure.ts';
import { type FailureGroup, groupFailures, noAttempt } from '../watch/failure-groups.ts';
import { type Failures, failuresOf } from '../watch/find-failures.ts';
import { findJobId } from '../watch/find-job.ts';
import { lastLines } from '../watch/last-lines.ts';
import { logStreamsOf } from '../watch/log-streams.ts';
import { type Originals, originalsOf, originalWords } from '../watch/originals.ts';
import { describeJob } from '../watch/watch-job.ts';
import { wholeNumber } from '../whole-number.ts';

interface FailuresFlags extends ConnectionFlags {
  readonly lines: string;
  readonly limit: string;
  readonly json?: boolean;
}

/** What one of a group wrote last. */
interface Example {
  readonly jobId: string;
  readonly attempt: number;
  readonly lines: readonly string[];
}

type ShownGroup = FailureGroup & { readonly example?: Example };

/** Of each group so many ranges of indexes are shown. */
const shownRanges = 8;
const longestExample = 1_000;

/** `batchyard failures ARRAY|JOB`: failed children, or attempts, by how they failed, and what one of each kind wrote last. */
export async function failures(invocation: Invocation, flags: FailuresFlags, reference: string): Promise<ExitCode> {
  const lines = wholeNumber('--lines', flags.lines, 0, longestExample);
  const limit = wholeNumber('--limit', flags.limit, 1);
  const client = connect(invocation, flags);
  try {
    const job = await describeJob(client, await findJobId(client, reference));
    const found = await failuresOf(client, job);
    const groups = groupFailures(found.failed);
    const shown: ShownGroup[] = [];
    for (const group of groups.slice(0, limit)) shown.push(await withExample(client, job, group, lines));
    const printer = new Printer(invocation);
    const originals = await originalsOf(client, job);
    if (flags.json) printer.json(jsonOf(job, found, shown, groups.length, originals));
    else for (const line of textOf(printer, job, found, shown, groups, originals)) printer.line(line);
    return 0;
  } finally {
    client.close();
  }
}

/** The group's first member stands for it; one that never ran has written nothing. */
async function withExample(client: Client, job: JobDetail, group: FailureGroup, count: number): Promise<ShownGroup> {
  const [first] = group.members;
  if (count === 0 || first === undefined) return group;
  const isArray = job.arrayProperties?.size !== undefined;
  const example = isArray ? await describeJob(client, `${job.jobId}:${first}`) : job;
  const streams = logStreamsOf(example).filter(
    ({ attempt, container }) =>
      (isArray || attempt === first) && (container === undefined || container === group.failure.container),
  );
  const stream = streams.at(-1);
  if (!stream) return group;
  const lines = await lastLines(client, stream, count);
  return { ...group, example: { jobId: example.jobId ?? '', attempt: stream.attempt, lines } };
}

function jsonOf(
  job: JobDetail,
  { of, total, unfinished, failed }: Failures,
  shown: readonly ShownGroup[],
  all: number,
  originals: Originals | undefined,
) {
  return {
    jobId: job.jobId,
    jobName: job.jobName,
    status: job.status,
    of,
    total,
    failed: failed.length,
    unfinished,
    groupCount: all,
    groups: shown.map(({ failure, members, ranges, example }) => ({
      count: members.length,
      ...failure,
      ranges,
      ...(originals && {
        originals: { ...originals, indexes: members.flatMap((member) => originals.indexes[member] ?? []) },
      }),
      example,
    })),
  };
}

function textOf(
  printer: Printer,
  job: JobDetail,
  { of, total, unfinished, failed }: Failures,
  shown: readonly ShownGroup[],
  groups: readonly FailureGroup[],
  originals: Originals | undefined,
): readonly string[] {
  const going = unfinished === 0 ? '' : `, ${unfinished} not ended`;
  const neverRan = of === 'attempt' && failed.some(({ member }) => member === noAttempt);
  const howMany = neverRan ? 'failed before its first attempt' : `${failed.length} of ${plural(total, of)} failed`;
  const left = groups.slice(shown.length);
  const unshown = left.reduce((sum, { members }) => sum + members.length, 0);
  return [
    `${printer.style('bold', job.jobName ?? '')}  ${job.jobId}  ${howMany}${going}`,
    ...shown.flatMap((group) => groupLines(printer, of, group, originals)),
    ...(left.length === 0
      ? []
      : [
          '',
          `${plural(unshown, of)} failed in ${left.length} other ${left.length === 1 ? 'way' : 'ways'}: see --limit`,
        ]),
  ];
}

function groupLines(
  printer: Printer,
  of: Failures['of'],
  { failure, members, ranges, example }: ShownGroup,
  originals: Originals | undefined,
) {
  const which = members.length === 1 ? of : plurals[of];
  const there = originals ? `, which run as ${originalWords(originals, members, shownRanges)}` : '';
  return [
    '',
    `${printer.style('red', `${members.length} × `)}${failureWords(failure)}`,
    ...(of === 'attempt' && members.includes(noAttempt)
      ? []
      : [printer.style('dim', `  ${which} ${formatRanges(ranges, shownRanges)}${there}`)]),
    ...exampleLines(printer, example),
  ];
}

function exampleLines(printer: Printer, example: Example | undefined): readonly string[] {
  if (!example) return [];
  const { jobId, attempt, lines } = example;
  if (lines.length === 0) return [printer.style('dim', `  ${jobId}, attempt ${attempt}, wrote nothing`)];
  return [printer.style('dim', `  ${jobId}, attempt ${attempt}, wrote last:`), ...lines.map((line) => `    ${line}`)];
}

const plurals: Readonly<Record<Failures['of'], string>> = { child: 'children', attempt: 'attempts' };

function plural(count: number, of: Failures['of']): string {
  return `${count} ${count === 1 ? of : plurals[of]}`;
}
