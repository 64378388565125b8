import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { childStatuses } from '../../data/child-states.ts';
import { useText } from '../../messages/text-context.tsx';
import { JobStatusMark } from '../../views/job-status.tsx';
import { PathLink } from '../../views/path-link.tsx';

interface ChildTableProps {
  readonly id: string;
  readonly codes: Uint8Array;
  /** Those that are chosen, rising. */
  readonly indexes: readonly number[];
  /** The page begins with which this child is shown. */
  readonly beginAt?: number;
}

const pageSize = 50;

/** The children that are chosen, by index. All are at hand, so that pages have numbers. */
export function ChildTable({ id, codes, indexes, beginAt }: ChildTableProps) {
  const text = useText();
  const place = beginAt === undefined ? 0 : Math.max(0, indexes.indexOf(beginAt));
  const [page, setPage] = useState(Math.floor(place / pageSize) + 1);
  const pages = Math.max(1, Math.ceil(indexes.length / pageSize));
  const from = (Math.min(page, pages) - 1) * pageSize;
  const items = indexes
    .slice(from, from + pageSize)
    .map((index) => ({ index, status: childStatuses[codes[index] ?? 0] }));
  return (
    <Table
      header={
        <Header variant="h2" counter={`(${indexes.length})`}>
          {text('children.chosen')}
        </Header>
      }
      items={items}
      trackBy={({ index }) => String(index)}
      columnDefinitions={[
        {
          id: 'index',
          header: text('children.index'),
          isRowHeader: true,
          cell: ({ index }) => (
            <PathLink to={`/jobs/${encodeURIComponent(`${id}:${index}`)}`}>
              {index === beginAt ? <strong>{index}</strong> : index}
            </PathLink>
          ),
        },
        { id: 'status', header: text('jobs.status'), cell: ({ status }) => <JobStatusMark status={status} /> },
        {
          id: 'log',
          header: text('job.tab.logs'),
          cell: ({ index }) => (
            <PathLink to={`/jobs/${encodeURIComponent(`${id}:${index}`)}?tab=logs`}>
              {text('children.log', { index })}
            </PathLink>
          ),
        },
      ]}
      pagination={
        <Pagination
          currentPageIndex={Math.min(page, pages)}
          pagesCount={pages}
          onChange={({ detail }) => setPage(detail.currentPageIndex)}
          ariaLabels={{
            nextPageLabel: text('table.next'),
            previousPageLabel: text('table.back'),
            pageLabel: (number) => text('children.page', { number }),
          }}
        />
      }
      empty={<Box textAlign="center">{text('children.none')}</Box>}
    />
  );
}
