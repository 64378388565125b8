import Box from '@cloudscape-design/components/box';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import type { QueryResults } from '../../data/log-query.ts';
import { useText } from '../../messages/text-context.tsx';
import { PageSteps } from '../../views/page-steps.tsx';
import { fieldsOf } from './query-fields.ts';

const pageSize = 100;

/** What a query found: a column for each field, a hundred rows at a time. */
export function QueryRows({ results }: { readonly results: NonNullable<QueryResults['results']> }) {
  const text = useText();
  const [page, setPage] = useState(0);
  const begin = page * pageSize;
  const rows = results.slice(begin, begin + pageSize).map((row, index) => {
    return { id: String(begin + index), values: new Map(row.map(({ field, value }) => [field ?? '', value ?? ''])) };
  });
  const pages = {
    token: undefined,
    back: page === 0 ? undefined : () => setPage(page - 1),
    onTo: () => setPage(page + 1),
  };
  return (
    <>
      <Table
        variant="embedded"
        wrapLines
        items={rows}
        trackBy="id"
        columnDefinitions={fieldsOf(results).map((field) => {
          return { id: field, header: field, cell: ({ values }: (typeof rows)[number]) => values.get(field) ?? '–' };
        })}
        empty={<Box textAlign="center">{text('insights.none')}</Box>}
      />
      {results.length > pageSize && (
        <PageSteps pages={pages} nextToken={begin + pageSize < results.length ? 'next' : undefined} />
      )}
    </>
  );
}
