import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useMemo } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { useStatesArn } from '../../data/states/arns.ts';
import { type Execution, useExecution, useMachineOfExecution } from '../../data/states/executions.ts';
import { readVisits } from '../../data/states/read-visits.ts';
import { useHistory } from '../../data/states/use-history.ts';
import { useText } from '../../messages/text-context.tsx';
import { readJson } from '../../views/code-editor/json-places.ts';
import { Failure } from '../../views/failure.tsx';
import { DataText } from '../../views/states/data-text.tsx';
import { EventTable } from './event-table.tsx';
import { ExecutionActs } from './execution-acts.tsx';
import { ExecutionFacts } from './execution-facts.tsx';
import { ExecutionGraph } from './execution-graph.tsx';
import { MapRunTable } from './map-run-table.tsx';
import { VisitTable } from './visit-table.tsx';

/** The address says which tab, and which state is looked at. */
export function Page() {
  const { machine = '', name = '' } = useParams();
  const arn = useStatesArn()('execution', machine, name);
  const { data, error, isPending, dataUpdatedAt } = useExecution(arn);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  return <Shown key={arn} arn={arn} execution={data} asOf={dataUpdatedAt} />;
}

interface ShownProps {
  readonly arn: string;
  readonly execution: Execution;
  readonly asOf: number;
}

function Shown({ arn, execution, asOf }: ShownProps) {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const machine = useMachineOfExecution(arn);
  const history = useHistory(arn, asOf);
  const events = history.data?.events;
  const visits = useMemo(() => readVisits(events ?? []), [events]);
  const definition = useMemo(() => {
    const reading = readJson(machine.data?.definition ?? '');
    return reading.kind === 'json' ? reading.value : undefined;
  }, [machine.data?.definition]);
  const look = (change: Readonly<Record<string, string>>) => {
    setSearch((now) => new URLSearchParams({ ...Object.fromEntries(now), ...change }));
  };
  const error = machine.error ?? history.error;
  const cut = history.data?.isCut ?? false;
  const graph = { definition, visits, selected: search.get('state') ?? undefined };
  const tabs = [
    {
      id: 'graph',
      label: text('machine.graph'),
      content: <ExecutionGraph {...graph} onSelect={(state) => look({ state })} />,
    },
    { id: 'states', label: text('execution.states'), content: <VisitTable visits={visits} isCut={cut} /> },
    { id: 'events', label: text('execution.events'), content: <EventTable executionArn={arn} /> },
    { id: 'map-runs', label: text('map-runs.title'), content: <MapRunTable executionArn={arn} /> },
    {
      id: 'data',
      label: text('execution.data'),
      content: (
        <SpaceBetween size="m">
          <DataText label={text('execution.input')} value={execution.input} />
          <DataText label={text('execution.output')} value={execution.output} />
        </SpaceBetween>
      ),
    },
  ];
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<ExecutionActs execution={execution} />}>
        {execution.name}
      </Header>
      <ExecutionFacts execution={execution} visits={visits} />
      {error && <Failure error={error} />}
      <Tabs
        activeTabId={search.get('tab') ?? 'graph'}
        onChange={({ detail }) => look({ tab: detail.activeTabId })}
        tabs={tabs}
      />
    </SpaceBetween>
  );
}
