import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import { momentOfSeconds } from '../../data/seconds.ts';
import { executionPath } from '../../data/states/arns.ts';
import {
  type ExecutionFilter,
  type ExecutionItem,
  type ExecutionsOf,
  useExecutions,
} from '../../data/states/executions.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../failure.tsx';
import { PageSteps, usePages } from '../page-steps.tsx';
import { PathLink } from '../path-link.tsx';
import { Time } from '../time.tsx';
import { ExecutionStatusMark } from './execution-status.tsx';
import { Took } from './took.tsx';

interface ExecutionTableProps {
  readonly of: ExecutionsOf;
  readonly filter: ExecutionFilter;
  /** What stands there when there is none. */
  readonly empty: ReactNode;
}

/** A page of executions, newest first. */
export function ExecutionTable(props: ExecutionTableProps) {
  // Another filter begins at its newest executions.
  return <Pages key={JSON.stringify([props.of, props.filter])} {...props} />;
}

function Pages({ of, filter, empty }: ExecutionTableProps) {
  const text = useText();
  const pages = usePages();
  const { data, error, isPending } = useExecutions(of, filter, pages.token);
  if (error) return <Failure error={error} />;
  return (
    <SpaceBetween size="s">
      <Table<ExecutionItem>
        loading={isPending}
        loadingText={text('table.loading')}
        items={data?.executions ?? []}
        trackBy="executionArn"
        columnDefinitions={[
          {
            id: 'name',
            header: text('executions.name'),
            isRowHeader: true,
            cell: ({ executionArn = '', name }) => <PathLink to={executionPath(executionArn)}>{name}</PathLink>,
          },
          {
            id: 'status',
            header: text('executions.status'),
            cell: ({ status }) => <ExecutionStatusMark status={status} />,
          },
          {
            id: 'started',
            header: text('executions.started'),
            cell: ({ startDate }) => <Time at={momentOfSeconds(startDate)} />,
          },
          {
            id: 'took',
            header: text('executions.took'),
            cell: ({ startDate, stopDate, status }) => (
              <Took from={startDate} to={stopDate} isRunning={status === 'RUNNING'} />
            ),
          },
          {
            id: 'redrives',
            header: text('executions.redrives'),
            cell: ({ redriveCount }) => redriveCount || '–',
          },
        ]}
        empty={<Box textAlign="center">{empty}</Box>}
      />
      <PageSteps
        pages={pages}
        nextToken={data?.nextToken}
        backText={text('jobs.newer')}
        nextText={text('jobs.older')}
      />
    </SpaceBetween>
  );
}
