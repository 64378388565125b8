import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { executionPath, useStatesArn } from '../../data/states/arns.ts';
import { type MapRun, useMapRun } from '../../data/states/executions.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { ExecutionStatusMark } from '../../views/states/execution-status.tsx';
import { ExecutionTable } from '../../views/states/execution-table.tsx';

/** A run of a distributed Map: how many of its items are where, and its executions. */
export function Page() {
  const text = useText();
  const { map = '', run = '' } = useParams();
  const arn = useStatesArn()('mapRun', map, run);
  const { data, error, isPending } = useMapRun(arn);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{text('map-run.of', { map })}</Header>
      <Facts run={data} />
      <ExecutionTable of={{ mapRunArn: arn }} filter={{}} empty={text('executions.none')} />
    </SpaceBetween>
  );
}

const counts = [
  ['total', 'map-run.total'],
  ['pending', 'map-run.pending'],
  ['running', 'map-run.running'],
  ['succeeded', 'map-run.succeeded'],
  ['failed', 'map-run.failed'],
  ['aborted', 'map-run.aborted'],
  ['timedOut', 'map-run.timed-out'],
] as const;

function Facts({ run: { status, executionArn = '', itemCounts, maxConcurrency } }: { readonly run: MapRun }) {
  const text = useText();
  const facts = [
    { label: text('executions.status'), value: <ExecutionStatusMark status={status} /> },
    {
      label: text('execution.title'),
      value: <PathLink to={executionPath(executionArn)}>{executionArn.split(':').at(-1)}</PathLink>,
    },
    { label: text('map-run.concurrency'), value: maxConcurrency || text('map-run.unlimited') },
    ...counts.map(([count, key]) => ({ label: text(key), value: itemCounts?.[count] ?? '–' })),
  ];
  return (
    <Container header={<Header variant="h2">{text('map-run.items')}</Header>}>
      <KeyValuePairs columns={4} items={facts} />
    </Container>
  );
}
