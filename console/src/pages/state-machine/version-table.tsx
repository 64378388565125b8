import type { StateMachineVersionListItem } from '@aws-sdk/client-sfn';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';
import { momentOfSeconds } from '../../data/seconds.ts';
import { lastPart, machinePath } from '../../data/states/arns.ts';
import { useVersions } from '../../data/states/machines.ts';
import type { Wire } from '../../data/use-call.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { CallDialog } from '../../views/call-dialog.tsx';
import { Failure } from '../../views/failure.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

type Version = Wire<StateMachineVersionListItem>;

/** What was published of a machine, newest first. */
export function VersionTable({ name, arn }: { readonly name: string; readonly arn: string }) {
  const text = useText();
  const { data, error, isPending } = useVersions(arn);
  const [deleting, setDeleting] = useState<string>();
  if (error) return <Failure error={error} />;
  return (
    <>
      <Table<Version>
        loading={isPending}
        loadingText={text('table.loading')}
        items={data?.stateMachineVersions ?? []}
        trackBy="stateMachineVersionArn"
        columnDefinitions={[
          {
            id: 'version',
            header: text('version.number'),
            isRowHeader: true,
            cell: ({ stateMachineVersionArn }) => {
              const version = lastPart(stateMachineVersionArn);
              return <PathLink to={`${machinePath(name)}?version=${version}`}>{version}</PathLink>;
            },
          },
          {
            id: 'created',
            header: text('machine.created'),
            cell: ({ creationDate }) => <Time at={momentOfSeconds(creationDate)} />,
          },
          {
            id: 'delete',
            header: text('versions.acts'),
            cell: ({ stateMachineVersionArn }) => (
              <Button
                variant="inline-link"
                ariaLabel={text('version.delete', { version: lastPart(stateMachineVersionArn) })}
                onClick={() => setDeleting(stateMachineVersionArn)}
              >
                {text('machine.delete')}
              </Button>
            ),
          },
        ]}
        empty={
          <SpaceBetween size="s" alignItems="center">
            <Box>{text('versions.none')}</Box>
            <AwsLine
              call={{ service: 'states', operation: 'PublishStateMachineVersion', input: { stateMachineArn: arn } }}
            />
          </SpaceBetween>
        }
      />
      {deleting !== undefined && (
        <CallDialog
          title={text('version.delete', { version: lastPart(deleting) })}
          call={{
            service: 'states',
            operation: 'DeleteStateMachineVersion',
            input: { stateMachineVersionArn: deleting },
          }}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </>
  );
}
