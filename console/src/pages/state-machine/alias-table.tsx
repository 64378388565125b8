import type { StateMachineAliasListItem } from '@aws-sdk/client-sfn';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { momentOfSeconds } from '../../data/seconds.ts';
import { lastPart } from '../../data/states/arns.ts';
import { useAliases } from '../../data/states/machines.ts';
import type { Wire } from '../../data/use-call.ts';
import { useText } from '../../messages/text-context.tsx';
import { CallDialog } from '../../views/call-dialog.tsx';
import { Failure } from '../../views/failure.tsx';
import { Time } from '../../views/time.tsx';
import { NewAlias } from './new-alias.tsx';

type Alias = Wire<StateMachineAliasListItem>;

/** Names for versions. */
export function AliasTable({ arn }: { readonly arn: string }) {
  const text = useText();
  const { data, error, isPending } = useAliases(arn);
  const [dialog, setDialog] = useState<{ readonly deleting?: string }>();
  const close = () => setDialog(undefined);
  if (error) return <Failure error={error} />;
  return (
    <>
      <Table<Alias>
        header={
          <Header variant="h2" actions={<Button onClick={() => setDialog({})}>{text('alias.new')}</Button>}>
            {text('aliases.title')}
          </Header>
        }
        loading={isPending}
        loadingText={text('table.loading')}
        items={data?.stateMachineAliases ?? []}
        trackBy="stateMachineAliasArn"
        columnDefinitions={[
          {
            id: 'name',
            header: text('queues.name'),
            isRowHeader: true,
            cell: ({ stateMachineAliasArn }) => lastPart(stateMachineAliasArn),
          },
          {
            id: 'created',
            header: text('machine.created'),
            cell: ({ creationDate }) => <Time at={momentOfSeconds(creationDate)} />,
          },
          {
            id: 'delete',
            header: text('versions.acts'),
            cell: ({ stateMachineAliasArn = '' }) => (
              <Button
                variant="inline-link"
                ariaLabel={text('alias.delete', { name: lastPart(stateMachineAliasArn) })}
                onClick={() => setDialog({ deleting: stateMachineAliasArn })}
              >
                {text('machine.delete')}
              </Button>
            ),
          },
        ]}
        empty={<Box textAlign="center">{text('aliases.none')}</Box>}
      />
      {dialog && dialog.deleting === undefined && <NewAlias arn={arn} onClose={close} />}
      {dialog?.deleting !== undefined && (
        <CallDialog
          title={text('alias.delete', { name: lastPart(dialog.deleting) })}
          call={{
            service: 'states',
            operation: 'DeleteStateMachineAlias',
            input: { stateMachineAliasArn: dialog.deleting },
          }}
          onClose={close}
        />
      )}
    </>
  );
}
