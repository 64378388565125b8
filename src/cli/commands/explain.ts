import type { AttemptDetail, ContainerProperties, JobDetail } from '@aws-sdk/client-batch';
import { nameOfArn } from '../../core/arn.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { askedWords } from '../output/asked-words.ts';
import { formatDuration } from '../output/duration.ts';
import { Printer } from '../output/printer.ts';
import { statusColour } from '../output/status-style.ts';
import { failureOf, failureOfAttempt, failureWords } from '../watch/failure.ts';
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
    (attempt, index) => `${label(`attempt ${index + 1}`)}${attemptLine(attempt, job)}`,
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

/** What the job's containers or nodes ask for together, and what it needs of consumable resources. */
function askedOf(job: JobDetail): string {
  const { consumableResourceList = [] } = job.consumableResourceProperties ?? {};
  const needed = consumableResourceList.map(
    ({ consumableResource = '', quantity }) => `${quantity} of ${nameOfArn(consumableResource)}`,
  );
  return [askedOfNodes(job), ...needed].join(', ');
}

function askedOfNodes({ container, ecsProperties, nodeProperties }: JobDetail): string {
  if (!nodeProperties) return askedOfContainers(containersOf({ container, ecsProperties }));
  const ranges = (nodeProperties.nodeRangeProperties ?? []).map(
    (range) => `${range.targetNodes} ${askedOfContainers(containersOf(range))}`,
  );
  return `${nodeProperties.numNodes} nodes (${ranges.join('; ')})`;
}

type Asking = Pick<ContainerProperties, 'resourceRequirements' | 'vcpus' | 'memory'>;

function containersOf({
  container,
  ecsProperties,
}: {
  readonly container?: Asking | undefined;
  readonly ecsProperties?:
    | { readonly taskProperties?: { readonly containers?: Asking[] | undefined }[] | undefined }
    | undefined;
}): readonly Asking[] {
  return ecsProperties?.taskProperties?.[0]?.containers ?? (container ? [container] : []);
}

function askedOfContainers(containers: readonly Asking[]): string {
  const sum = (type: 'VCPU' | 'MEMORY' | 'GPU') => containers.reduce((total, each) => total + askedBy(each, type), 0);
  return askedWords({ vcpus: sum('VCPU'), memoryMiB: sum('MEMORY'), gpus: sum('GPU') });
}

/** Older definitions say it in numbers. */
function askedBy(
  { resourceRequirements = [], vcpus = 0, memory = 0 }: Asking,
  type: 'VCPU' | 'MEMORY' | 'GPU',
): number {
  const listed = resourceRequirements.find((each) => each.type === type)?.value;
  return Number(listed ?? { VCPU: vcpus, MEMORY: memory, GPU: 0 }[type]);
}

/** Which job it is, and how it failed. */
function dependencyLine(job: JobDetail): string {
  return `${job.jobName}  ${job.jobId}  FAILED: ${failureWords(failureOf(job))}`;
}

function attemptLine(attempt: AttemptDetail, job: JobDetail): string {
  const { startedAt, stoppedAt } = attempt;
  const { exitCode, statusReason, reason, container } = failureOfAttempt(attempt, job);
  const parts = [
    container,
    exitCode === undefined ? undefined : `exit code ${exitCode}`,
    startedAt && stoppedAt ? `after ${formatDuration(stoppedAt - startedAt)}` : undefined,
    statusReason,
    reason,
  ];
  return parts.filter(Boolean).join(', ');
}
