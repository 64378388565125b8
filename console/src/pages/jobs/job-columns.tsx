import type { TableProps } from '@cloudscape-design/components/table';
import type { SearchedJob } from '../../data/job-search.ts';
import type { Text } from '../../messages/text-context.tsx';
import { byteWords, mebibyteWords } from '../../views/byte-words.ts';
import { durationText } from '../../views/duration.ts';
import { failureWords } from '../../views/failure-words.ts';
import { JobStatusMark } from '../../views/job-status.tsx';
import { nameOfArn } from '../../views/name-of-arn.ts';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

/** The reason is a column, not a page. */
export function jobColumns(text: Text, now: number): TableProps.ColumnDefinition<SearchedJob>[] {
  return [
    { id: 'name', header: text('jobs.name'), isRowHeader: true, cell: (job) => <Name job={job} /> },
    { id: 'id', header: text('jobs.id'), cell: ({ jobId }) => jobId },
    { id: 'queue', header: text('jobs.queue'), cell: ({ jobQueue }) => nameOfArn(jobQueue) },
    { id: 'status', header: text('jobs.status'), cell: ({ status }) => <JobStatusMark status={status} /> },
    { id: 'why', header: text('jobs.reason'), cell: (job) => whyOf(job, text) },
    { id: 'asked', header: text('jobs.asked'), cell: ({ asked }) => askedWords(asked, text) },
    { id: 'peak', header: text('jobs.peak'), cell: ({ peakMemoryBytes: peak }) => (peak ? byteWords(peak) : '–') },
    { id: 'waited', header: text('jobs.waited'), cell: (job) => waitedOf(job, now) },
    { id: 'took', header: text('jobs.took'), cell: (job) => tookOf(job, now) },
    { id: 'by', header: text('jobs.by'), cell: ({ submittedBy }) => nameOfArn(submittedBy) },
    { id: 'created', header: text('jobs.created'), cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
}

function Name({ job: { jobId = '', jobName } }: { readonly job: SearchedJob }) {
  return <PathLink to={`/jobs/${encodeURIComponent(jobId)}`}>{jobName}</PathLink>;
}

function askedWords({ vcpus, memoryMiB, gpus }: SearchedJob['asked'], text: Text): string {
  return text('jobs.asked.words', { vcpus, memory: mebibyteWords(memoryMiB), gpus });
}

/** Of an array how far it is, of what failed how it did, else its reason. */
function whyOf(job: SearchedJob, text: Text): string {
  const { status, statusReason, container, arrayProperties } = job;
  const { size, statusSummary = {} } = arrayProperties ?? {};
  if (size !== undefined) {
    const { SUCCEEDED: succeeded = 0, FAILED: failed = 0 } = statusSummary;
    return text('jobs.children', { ended: succeeded + failed, size, failed });
  }
  if (status !== 'FAILED') return statusReason ?? '–';
  const { exitCode, reason } = container ?? {};
  return failureWords(
    {
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(reason === undefined ? {} : { reason }),
      ...(statusReason === undefined ? {} : { statusReason }),
    },
    text,
  );
}

function waitedOf({ createdAt, startedAt, stoppedAt }: SearchedJob, now: number): string {
  return createdAt === undefined ? '–' : durationText((startedAt ?? stoppedAt ?? now) - createdAt);
}

function tookOf({ startedAt, stoppedAt }: SearchedJob, now: number): string {
  return startedAt === undefined ? '–' : durationText((stoppedAt ?? now) - startedAt);
}
