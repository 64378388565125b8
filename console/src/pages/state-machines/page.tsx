import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { momentOfSeconds } from '../../data/seconds.ts';
import { machinePath } from '../../data/states/arns.ts';
import { type MachineItem, useMachines } from '../../data/states/machines.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { Failure } from '../../views/failure.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { PathButton } from '../../views/path-button.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

export function Page() {
  const text = useText();
  const pages = usePages();
  const { data, error, isPending } = useMachines(pages.token);
  if (error) return <Failure error={error} />;
  const create = (
    <PathButton variant="primary" to="/states/new">
      {text('new-machine.title')}
    </PathButton>
  );
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={create}>
        {text('machines.title')}
      </Header>
      <Table<MachineItem>
        loading={isPending}
        loadingText={text('table.loading')}
        items={data?.stateMachines ?? []}
        trackBy="stateMachineArn"
        columnDefinitions={[
          {
            id: 'name',
            header: text('queues.name'),
            isRowHeader: true,
            cell: ({ name = '' }) => <PathLink to={machinePath(name)}>{name}</PathLink>,
          },
          { id: 'type', header: text('machine.type'), cell: ({ type }) => type },
          {
            id: 'created',
            header: text('machine.created'),
            cell: ({ creationDate }) => <Time at={momentOfSeconds(creationDate)} />,
          },
        ]}
        empty={<NoMachines />}
      />
      <PageSteps pages={pages} nextToken={data?.nextToken} />
    </SpaceBetween>
  );
}

/** What one is for, and how it is made. */
function NoMachines() {
  const text = useText();
  const input = {
    name: 'nightly',
    definition: 'file://nightly.asl.json',
    roleArn: 'arn:aws:iam::123456789012:role/workflows',
  };
  return (
    <SpaceBetween size="s" alignItems="center">
      <Box>{text('machines.none')}</Box>
      <PathButton to="/states/new">{text('new-machine.title')}</PathButton>
      <AwsLine call={{ service: 'states', operation: 'CreateStateMachine', input }} />
    </SpaceBetween>
  );
}
