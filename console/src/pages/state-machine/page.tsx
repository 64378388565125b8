import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useParams, useSearchParams } from 'react-router';
import { useStatesArn } from '../../data/states/arns.ts';
import { useMachine } from '../../data/states/machines.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { AliasTable } from './alias-table.tsx';
import { MachineActs } from './machine-acts.tsx';
import { MachineDefinition } from './machine-definition.tsx';
import { MachineExecutions } from './machine-executions.tsx';
import { MachineFacts } from './machine-facts.tsx';
import { VersionTable } from './version-table.tsx';

/** The address says which tab, and which version: without one the machine as it is now. */
export function Page() {
  const text = useText();
  const { name = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const version = search.get('version');
  const statesArn = useStatesArn();
  const arn = statesArn('stateMachine', name);
  const shown = useMachine(version === null ? arn : `${arn}:${version}`);
  if (shown.error) return <Failure error={shown.error} />;
  if (shown.isPending) return null;
  const machine = shown.data;
  const look = (tab: string) => {
    setSearch((now) => new URLSearchParams({ ...Object.fromEntries(now), tab }));
  };
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={machine.description}
        actions={<MachineActs name={name} machine={machine} isVersion={version !== null} />}
      >
        {version === null ? name : text('version.of', { name, version })}
      </Header>
      <MachineFacts machine={machine} />
      <Tabs
        activeTabId={search.get('tab') ?? 'definition'}
        onChange={({ detail }) => look(detail.activeTabId)}
        tabs={[
          {
            id: 'definition',
            label: text('machine.definition'),
            content: <MachineDefinition definition={machine.definition ?? ''} />,
          },
          {
            id: 'executions',
            label: text('executions.title'),
            content: <MachineExecutions machine={machine} />,
          },
          { id: 'versions', label: text('versions.title'), content: <VersionTable name={name} arn={arn} /> },
          { id: 'aliases', label: text('aliases.title'), content: <AliasTable arn={arn} /> },
        ]}
      />
    </SpaceBetween>
  );
}
