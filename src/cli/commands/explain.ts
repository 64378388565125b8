import type { AttemptDetail, ContainerProperties, JobDetail } from '@aws-sdk/client-batch';
import { amountWords } from '../../scheduler/index.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { formatDuration } from '../output/duration.ts';
import { Printer } from '../output/printer.ts';
import { statusColour } from '../output/status-style.ts';
import { findJobId } from '../watch/find-job.ts';
import { failedDependencies } from './failed-dependencies.ts';

interface ExplainFlags extends ConnectionFlags {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** What the server's ExplainJob answers, as far as commands show it. */
export interface ExplainedJob {
  readonly job: JobDetail;
  readonly text: string;
  readonly remedy?: string;
  readonly engineNotes: readonly string[];
  readonly notes: readonly string[];
}

/** `batchyard explain JOB`: why it waits or how it ended, what it asked, how it was isolated, and each attempt. */
export async function explain(invocation: Invocation, flags: ExplainFlags, reference: string): Promise<ExitCode> {
  const client = connect(invocation, flags);
  const printer = new Printer(invocation);
  try {
    const jobId = await findJobId(client, reference);
    const explained = await client.extension<ExplainedJob>('ExplainJob', { jobId });
    const failed = await failedDependencies(client, explained.job);
    if (flags.json) printer.json({ ...explained, failedDependencies: failed });
    else {
      const shown = { ...explained, failed, verbose: flags.verbose === true };
      for (const line of linesOf(printer, shown, invocation.clock.now())) printer.line(line);
    }
    return 0;
  } finally {
    client.close();
  }
}

interface Shown extends ExplainedJob {
  readonly failed: readonly JobDetail[];
  readonly verbose: boolean;
}

function linesOf(
  printer: Printer,
  { job, text, remedy, engineNotes, notes, failed, verbose }: Shown,
  now: number,
): readonly string[] {
  const label = (words: string) => printer.style('dim', words.padEnd(11));
  const attempts = (job.attempts ?? []).map(
    (attempt, index) => `${label(`attempt ${index + 1}`)}${attemptLine(attempt)}`,
  );
  return [
    `${printer.style('bold', job.jobName ?? '')}  ${job.jobId}`,
    `${label('status')}${printer.style(statusColour(job.status), job.status ?? '')}, ${ageOf(job, now)}`,
    ...(repeatsStatus(text, job) ? [] : [`${label('why')}${[text, remedy].filter(Boolean).join(' ')}`]),
    ...failed.map((dependency) => `${label('dependency')}${dependencyLine(dependency)}`),
    `${label('asked')}${askedOf(job)}`,
    ...attempts,
    // Most are the same for every job: they matter to whom something went wrong.
    ...[...(verbose || job.status === 'FAILED' ? engineNotes : []), ...notes].map((note) => `${label('note')}${note}`),
  ];
}

function ageOf(job: JobDetail, now: number): string {
  const { createdAt = now, startedAt, stoppedAt } = job;
  if (stoppedAt && startedAt)
    return `ended ${formatDuration(now - stoppedAt)} ago, ran ${formatDuration(stoppedAt - startedAt)}`;
  if (stoppedAt) return `ended ${formatDuration(now - stoppedAt)} ago, never ran`;
  return startedAt ? `runs for ${formatDuration(now - startedAt)}` : `submitted ${formatDuration(now - createdAt)} ago`;
}

/** `Running` says no more than the line above it. */
function repeatsStatus(text: string, { status }: JobDetail): boolean {
  return text.toUpperCase() === status;
}

function askedOf(job: JobDetail): string {
  const needs = (job.consumableResourceProperties?.consumableResourceList ?? []).map(
    ({ consumableResource = '', quantity }) => `${quantity} of ${nameOf(consumableResource)}`,
  );
  return [askedOfHosts(job), ...needs].join(', ');
}

function askedOfHosts({ container, nodeProperties }: JobDetail): string {
  if (!nodeProperties) return askedOfContainers([container]);
  const ranges = (nodeProperties.nodeRangeProperties ?? []).map(({ targetNodes, container: one, ecsProperties }) => {
    const containers = one ? [one] : (ecsProperties?.taskProperties?.[0]?.containers ?? []);
    return `${targetNodes} ${askedOfContainers(containers)}`;
  });
  return `${nodeProperties.numNodes} nodes (${ranges.join('; ')})`;
}

type Asking = Pick<ContainerProperties, 'resourceRequirements' | 'vcpus' | 'memory'>;

function askedOfContainers(containers: readonly (Asking | undefined)[]): string {
  const sum = (type: string, older: (container: Asking) => number | undefined) =>
    containers.reduce((total, container) => {
      const listed = container?.resourceRequirements?.find((each) => each.type === type)?.value;
      return total + Number(listed ?? (container && older(container)) ?? 0);
    }, 0);
  const gpus = sum('GPU', () => undefined);
  return [
    amountWords(
      'vcpus',
      sum('VCPU', ({ vcpus }) => vcpus),
    ),
    amountWords(
      'memoryMiB',
      sum('MEMORY', ({ memory }) => memory),
    ),
    ...(gpus === 0 ? [] : [amountWords('gpus', gpus)]),
  ].join(', ');
}

/** What people call a consumable resource. */
function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Which job it is, and how it failed. */
function dependencyLine({ jobName, jobId, statusReason, container }: JobDetail): string {
  const parts = [
    container?.exitCode === undefined ? undefined : `exit code ${container.exitCode}`,
    statusReason,
    container?.reason,
  ];
  return `${jobName}  ${jobId}  FAILED: ${parts.filter(Boolean).join(', ')}`;
}

function attemptLine({ startedAt, stoppedAt, statusReason, container }: AttemptDetail): string {
  const parts = [
    container?.exitCode === undefined ? undefined : `exit code ${container.exitCode}`,
    startedAt && stoppedAt ? `after ${formatDuration(stoppedAt - startedAt)}` : undefined,
    statusReason,
    container?.reason,
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(', ');
}
