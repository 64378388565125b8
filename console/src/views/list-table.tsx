import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useText } from '../messages/text-context.tsx';
import { AwsLine } from './aws-line.tsx';
import { Failure } from './failure.tsx';
import { PageSteps, type Pages } from './page-steps.tsx';

interface ListTableProps<Item> {
  readonly title?: string;
  readonly description?: string;
  readonly actions?: ReactNode;
  readonly filter?: ReactNode;
  readonly columns: readonly TableProps.ColumnDefinition<Item>[];
  readonly items: readonly Item[] | undefined;
  readonly keyOf: (item: Item) => string;
  readonly error: CallError | null;
  readonly loading: boolean;
  /** What an empty list says, and the call that makes the first one. */
  readonly none: string;
  readonly first?: Call;
  readonly pages?: Pages;
  readonly nextToken?: string | undefined;
}

/** A list of things: what a refusal or an empty list says stands where they would be. */
export function ListTable<Item>(props: ListTableProps<Item>) {
  const { title, description, actions, filter, columns, items, keyOf, error, loading, none, first } = props;
  const { pages, nextToken } = props;
  const text = useText();
  if (error) return <Failure error={error} />;
  const empty = (
    <Box textAlign="center">
      <SpaceBetween size="xs">
        {none}
        {first && <AwsLine call={first} />}
      </SpaceBetween>
    </Box>
  );
  return (
    <SpaceBetween size="s">
      <Table<Item>
        {...(title !== undefined && {
          header: (
            <Header variant="h2" description={description} actions={actions}>
              {title}
            </Header>
          ),
        })}
        filter={filter}
        loading={loading}
        loadingText={text('table.loading')}
        items={items ?? []}
        trackBy={keyOf}
        columnDefinitions={columns}
        empty={empty}
      />
      {pages && <PageSteps pages={pages} nextToken={nextToken} />}
    </SpaceBetween>
  );
}
