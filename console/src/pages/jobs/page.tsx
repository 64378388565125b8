import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { useJobCount } from '../../data/job-search.ts';
import { useText } from '../../messages/text-context.tsx';
import { CommandLine } from '../../views/command-line.tsx';
import { PathButton } from '../../views/path-button.tsx';
import { JobFilters } from './job-filters.tsx';
import { commandOf, type JobQuery, readQuery, searchOf, writeQuery } from './job-query.ts';
import { JobTable } from './job-table.tsx';

/** The address bar holds what is looked for. */
export function Page() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  // Without what is not looked for, such as the region: what is being typed stays when that comes.
  const address = writeQuery(readQuery(search)).toString();
  const query = useMemo(() => readQuery(new URLSearchParams(address)), [address]);
  // A span of time ends when it is asked for: it does not run on with each look, or no answer would be shared.
  const asked = useMemo(() => searchOf(query, Date.now()), [query]);
  const found = useFound(asked);
  const look = (change: JobQuery) => setSearch(writeQuery({ ...query, ...change }));
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={found} actions={<PathButton to="/submit">{text('jobs.submit')}</PathButton>}>
        {text('jobs.title')}
      </Header>
      <CommandLine line={commandOf(query)} />
      <JobFilters key={address} query={query} onChange={look} onClear={() => setSearch({})} />
      <JobTable key={`table ${address}`} search={asked} query={query} />
    </SpaceBetween>
  );
}

/** How many there are, as far as they were counted. */
function useFound(asked: Parameters<typeof useJobCount>[0]): string | undefined {
  const text = useText();
  const { data } = useJobCount(asked);
  if (!data) return undefined;
  const count = Object.values(data.byStatus).reduce((sum, each) => sum + each, 0);
  return text(data.nextToken === undefined ? 'jobs.found' : 'jobs.found.more', { count });
}
