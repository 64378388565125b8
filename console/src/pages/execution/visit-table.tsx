import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { momentOfSeconds } from '../../data/seconds.ts';
import type { Visit } from '../../data/states/visit.ts';
import { useText } from '../../messages/text-context.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Took } from '../../views/states/took.tsx';
import { Time } from '../../views/time.tsx';
import { JobLinks } from './job-links.tsx';
import { VisitStatusMark } from './visit-status.tsx';

const pageSize = 50;

interface VisitTableProps {
  readonly visits: readonly Visit[];
  /** Whether the history goes on beyond what was read. */
  readonly isCut: boolean;
}

/** The drawing's twin: all visits in the order of their entering. They are held whole, so pages have numbers. */
export function VisitTable({ visits, isCut }: VisitTableProps) {
  const text = useText();
  const [search] = useSearchParams();
  const [page, setPage] = useState(1);
  const pages = Math.max(1, Math.ceil(visits.length / pageSize));
  const shown = visits.slice((Math.min(page, pages) - 1) * pageSize, Math.min(page, pages) * pageSize);
  const linkOf = (name: string) => {
    return `?${new URLSearchParams({ ...Object.fromEntries(search), tab: 'graph', state: name })}`;
  };
  return (
    <SpaceBetween size="s">
      {isCut && <Alert type="info">{text('execution.cut')}</Alert>}
      <Table<Visit>
        items={shown}
        trackBy={({ id }) => String(id)}
        columnDefinitions={[
          {
            id: 'name',
            header: text('visit.state'),
            isRowHeader: true,
            cell: ({ name }) => <PathLink to={linkOf(name)}>{name}</PathLink>,
          },
          { id: 'iteration', header: text('visit.of-map'), cell: ({ iteration }) => iteration ?? '–' },
          {
            id: 'status',
            header: text('executions.status'),
            cell: ({ status }) => <VisitStatusMark status={status} />,
          },
          { id: 'why', header: text('execution.error'), cell: ({ error }) => error ?? '–' },
          { id: 'tries', header: text('visit.tries'), cell: ({ tries }) => tries || '–' },
          {
            id: 'entered',
            header: text('visit.entered'),
            cell: ({ enteredAt }) => <Time at={momentOfSeconds(enteredAt)} />,
          },
          {
            id: 'took',
            header: text('executions.took'),
            cell: ({ enteredAt, exitedAt, status }) => (
              <Took from={enteredAt} to={exitedAt} isRunning={status === 'running'} />
            ),
          },
          { id: 'jobs', header: text('visit.jobs'), cell: ({ jobs }) => <JobLinks jobs={jobs} /> },
        ]}
        empty={<Box textAlign="center">{text('visit.none')}</Box>}
        pagination={
          pages > 1 && (
            <Pagination
              currentPageIndex={Math.min(page, pages)}
              pagesCount={pages}
              onChange={({ detail }) => setPage(detail.currentPageIndex)}
            />
          )
        }
      />
    </SpaceBetween>
  );
}
