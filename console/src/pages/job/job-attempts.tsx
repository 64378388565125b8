import Box from '@cloudscape-design/components/box';
import Table from '@cloudscape-design/components/table';
import type { JobDetail } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';
import { durationText } from '../../views/duration.ts';
import { nameOfArn } from '../../views/name-of-arn.ts';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

/** Each attempt that has ended, with what it wrote behind a link. */
export function JobAttempts({ job }: { readonly job: JobDetail }) {
  const text = useText();
  const attempts = (job.attempts ?? []).map((attempt, index) => ({ ...attempt, number: index + 1 }));
  return (
    <Table
      ariaLabels={{ tableLabel: text('job.attempts') }}
      items={attempts}
      trackBy={({ number }) => String(number)}
      columnDefinitions={[
        { id: 'number', header: text('job.attempt'), isRowHeader: true, cell: ({ number }) => number },
        { id: 'started', header: text('job.started'), cell: ({ startedAt }) => <Time at={startedAt} /> },
        {
          id: 'took',
          header: text('jobs.took'),
          cell: ({ startedAt, stoppedAt }) =>
            startedAt === undefined || stoppedAt === undefined ? '–' : durationText(stoppedAt - startedAt),
        },
        { id: 'exit', header: text('job.exit-code'), cell: ({ container }) => container?.exitCode ?? '–' },
        {
          id: 'why',
          header: text('jobs.reason'),
          cell: ({ statusReason, container }) => [statusReason, container?.reason].filter(Boolean).join(', ') || '–',
        },
        {
          id: 'instance',
          header: text('jobs.field.instance'),
          cell: ({ container }) => nameOfArn(container?.containerInstanceArn),
        },
        {
          id: 'log',
          header: text('job.tab.logs'),
          cell: ({ number }) => (
            <PathLink to={`/jobs/${encodeURIComponent(job.jobId ?? '')}?tab=logs&attempt=${number}`}>
              {text('job.attempt.log')}
            </PathLink>
          ),
        },
      ]}
      empty={<Box textAlign="center">{text('job.attempts.none')}</Box>}
    />
  );
}
