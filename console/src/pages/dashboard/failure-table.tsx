import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import type { RecentFailures } from '../../data/overview.ts';
import { useText } from '../../messages/text-context.tsx';
import { failureWords } from '../../views/failure-words.ts';
import { nameOfArn } from '../../views/name-of-arn.ts';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

interface FailureTableProps {
  readonly failures: readonly RecentFailures[];
  /** How many failed otherwise. */
  readonly more: number;
  /** Since when they are counted. */
  readonly since: number | undefined;
}

/** What failed in the last hour, alike things together: the last of each is a link. */
export function FailureTable({ failures, more, since }: FailureTableProps) {
  const text = useText();
  return (
    <Table
      header={
        <Header variant="h2" description={<Since since={since} more={more} />}>
          {text('dashboard.failures')}
        </Header>
      }
      items={failures}
      trackBy={({ lastJobId, jobDefinitionArn, exitCode }) => `${lastJobId} ${jobDefinitionArn} ${exitCode}`}
      columnDefinitions={[
        { id: 'count', header: text('dashboard.failures.count'), cell: ({ count }) => count },
        {
          id: 'how',
          header: text('dashboard.failures.how'),
          isRowHeader: true,
          cell: (failure) => (
            <PathLink to={`/jobs/${encodeURIComponent(failure.lastJobId)}`}>{failureWords(failure, text)}</PathLink>
          ),
        },
        {
          id: 'definition',
          header: text('job.definition'),
          cell: ({ jobDefinitionArn }) => nameOfArn(jobDefinitionArn),
        },
        { id: 'queue', header: text('dashboard.queue'), cell: ({ jobQueueArn }) => nameOfArn(jobQueueArn) },
        { id: 'last', header: text('dashboard.failures.last'), cell: ({ lastAt }) => <Time at={lastAt} /> },
      ]}
      empty={<Box textAlign="center">{text('dashboard.failures.none')}</Box>}
    />
  );
}

function Since({ since, more }: { readonly since: number | undefined; readonly more: number }) {
  const text = useText();
  return (
    <>
      {text('dashboard.failures.since')} <Time at={since} />
      {more > 0 && ` · ${text('dashboard.failures.more', { more })}`}
    </>
  );
}
