/** As DescribeJobs shows it, as far as that says where it writes. */
interface WritingJob {
  readonly container?: (WritingContainer & LoggedContainer) | undefined;
  readonly attempts?: readonly WritingAttempt[] | undefined;
  readonly ecsProperties?: WithTasks | undefined;
}

interface LoggedContainer {
  readonly logConfiguration?: { readonly options?: Readonly<Record<string, string>> | undefined } | undefined;
}

interface WithTasks {
  readonly taskProperties?: readonly WritingTask[] | undefined;
}

interface WritingTask {
  readonly containers?: readonly WritingContainer[] | undefined;
}

interface WritingAttempt extends WithTasks {
  readonly container?: WritingContainer | undefined;
}

interface WritingContainer {
  readonly name?: string | undefined;
  readonly logStreamName?: string | undefined;
}

/** What one container of one attempt wrote to. */
export interface LogStream {
  /** From 1. */
  readonly attempt: number;
  /** Which it was of several. */
  readonly container?: string;
  readonly name: string;
}

const usualGroup = '/aws/batch/job';

/** The group that the job's driver names; the usual one otherwise. */
export function logGroupOf(job: WritingJob): string {
  return job.container?.logConfiguration?.options?.['awslogs-group'] ?? usualGroup;
}

/** The streams of a job, of its last attempt first. */
export function logStreamsOf(job: WritingJob): readonly LogStream[] {
  const ended = (job.attempts ?? []).flatMap(({ container, taskProperties }, index) =>
    streamsOf(index + 1, container?.logStreamName, taskProperties?.[0]?.containers),
  );
  const current = streamsOf(
    (job.attempts?.length ?? 0) + 1,
    job.container?.logStreamName,
    job.ecsProperties?.taskProperties?.[0]?.containers,
  );
  const known = new Set(ended.map(({ name }) => name));
  return [...ended, ...current.filter(({ name }) => !known.has(name))].reverse();
}

function streamsOf(
  attempt: number,
  name: string | undefined,
  containers: readonly WritingContainer[] = [],
): readonly LogStream[] {
  if (name !== undefined) return [{ attempt, name }];
  return containers.flatMap(({ name: container, logStreamName }) =>
    logStreamName === undefined
      ? []
      : [{ attempt, name: logStreamName, ...(container === undefined ? {} : { container }) }],
  );
}
