import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSearchParams } from 'react-router';
import { useQueues } from '../../data/queues.ts';
import { useText } from '../../messages/text-context.tsx';
import { JobFilters } from './job-filters.tsx';
import { JobTable } from './job-table.tsx';

/** The address bar holds what is looked for: `queue`, `status` and the `token` of the page. */
export function Page() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const queues = useQueues();
  const names = (queues.data?.queues ?? []).map(({ jobQueueName }) => jobQueueName);
  const queue = search.get('queue') ?? names[0];
  const status = search.get('status') ?? 'RUNNABLE';
  const look = (change: Readonly<Record<string, string>>) => {
    const next = new URLSearchParams({ ...(queue !== undefined && { queue }), status, ...change });
    setSearch(next);
  };
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{text('jobs.title')}</Header>
      <JobFilters queues={names} queue={queue} status={status} onChange={look} />
      <JobTable queue={queue} status={status} />
    </SpaceBetween>
  );
}
