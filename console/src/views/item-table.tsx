import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useText } from '../messages/text-context.tsx';
import { AwsLine } from './aws-line.tsx';
import { Failure } from './failure.tsx';

export interface ItemColumn<Item> {
  readonly id: string;
  /** Key of a message. */
  readonly header: string;
  readonly cell: (item: Item) => ReactNode;
}

interface ItemTableProps<Item> {
  /** Key of its heading; absent where the page's own is enough. */
  readonly title?: string;
  readonly actions?: ReactNode;
  readonly items: readonly Item[] | undefined;
  readonly error: CallError | null;
  readonly isPending: boolean;
  readonly columns: readonly ItemColumn<Item>[];
  /** Key of what is said where there is nothing. */
  readonly empty: string;
  /** What would make one. */
  readonly teaches?: Call;
  readonly footer?: ReactNode;
}

/** Things of a kind. The first column names each; where there are none, it says how to make one. */
export function ItemTable<Item>(props: ItemTableProps<Item>) {
  const text = useText();
  const { title, actions, items = [], error, isPending, columns, empty, teaches, footer } = props;
  if (error) return <Failure error={error} />;
  const heading = title !== undefined && (
    <Header variant="h2" actions={actions}>
      {text(title)}
    </Header>
  );
  return (
    <Table<Item>
      header={heading || undefined}
      loading={isPending}
      loadingText={text('table.loading')}
      items={items}
      columnDefinitions={columns.map(({ id, header, cell }, index) => ({
        id,
        header: text(header),
        cell,
        isRowHeader: index === 0,
      }))}
      empty={
        <Box textAlign="center">
          <SpaceBetween size="xs">
            {text(empty)}
            {teaches && <AwsLine call={teaches} />}
          </SpaceBetween>
        </Box>
      }
      footer={footer}
    />
  );
}
