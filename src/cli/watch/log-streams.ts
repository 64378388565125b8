import type { JobDetail } from '@aws-sdk/client-batch';

/** Where one container of one attempt writes. */
export interface LogStream {
  readonly group: string;
  readonly stream: string;
  /** 1, 2, ... */
  readonly attempt: number;
  /** Which of several. */
  readonly container?: string;
}

const defaultGroup = '/aws/batch/job';

/** The streams of a job's attempts, oldest first, and within one in the order of its containers; the last may still be written to. */
export function logStreamsOf(job: JobDetail): readonly LogStream[] {
  const attempts = job.attempts ?? [];
  const found = [
    ...attempts.flatMap((attempt, index) => [
      ...containerStream(job, index + 1, attempt.container?.logStreamName),
      ...taskStreams(job, index + 1, attempt.taskProperties?.[0]?.containers),
    ]),
    ...containerStream(job, attempts.length + 1, job.container?.logStreamName),
    ...taskStreams(job, attempts.length + 1, job.ecsProperties?.taskProperties?.[0]?.containers),
  ];
  // A job that does not run shows its last attempt's streams as its own.
  const seen = new Set<string>();
  return found.filter(({ stream }) => !seen.has(stream) && seen.add(stream));
}

function containerStream(job: JobDetail, attempt: number, stream: string | undefined): readonly LogStream[] {
  const group = job.container?.logConfiguration?.options?.['awslogs-group'] ?? defaultGroup;
  return stream ? [{ group, stream, attempt }] : [];
}

function taskStreams(
  job: JobDetail,
  attempt: number,
  containers: readonly { readonly name?: string | undefined; readonly logStreamName?: string | undefined }[] = [],
): readonly LogStream[] {
  const defined = job.ecsProperties?.taskProperties?.[0]?.containers ?? [];
  return containers.flatMap(({ name = '', logStreamName: stream }) => {
    const own = defined.find((each) => each.name === name);
    const group = own?.logConfiguration?.options?.['awslogs-group'] ?? defaultGroup;
    return stream ? [{ group, stream, attempt, ...(defined.length > 1 && { container: name }) }] : [];
  });
}
