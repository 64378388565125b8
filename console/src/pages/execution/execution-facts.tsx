import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { momentOfSeconds } from '../../data/seconds.ts';
import { lastPart, machinePath } from '../../data/states/arns.ts';
import type { Execution } from '../../data/states/executions.ts';
import type { Visit } from '../../data/states/visit.ts';
import { useText } from '../../messages/text-context.tsx';
import { readJson } from '../../views/code-editor/json-places.ts';
import { PathLink } from '../../views/path-link.tsx';
import { ExecutionStatusMark } from '../../views/states/execution-status.tsx';
import { objectOf, textOf } from '../../views/states/loose.ts';
import { Took } from '../../views/states/took.tsx';
import { Time } from '../../views/time.tsx';

const longest = 300;

interface ExecutionFactsProps {
  readonly execution: Execution;
  readonly visits: readonly Visit[];
}

/** The answer before the data: what it is at, or why it ended. */
export function ExecutionFacts({ execution, visits }: ExecutionFactsProps) {
  const text = useText();
  const { status, startDate, stopDate, redriveCount, stateMachineArn, stateMachineVersionArn } = execution;
  const machine = lastPart(stateMachineArn);
  const facts = [
    { label: text('executions.status'), value: <ExecutionStatusMark status={status} /> },
    {
      label: text('machine.title'),
      // The machine of a Map's children is their Map.
      value: machine.includes('/') ? machine : <PathLink to={machinePath(machine)}>{machine}</PathLink>,
    },
    { label: text('version.number'), value: lastPart(stateMachineVersionArn) || '–' },
    { label: text('executions.started'), value: <Time at={momentOfSeconds(startDate)} /> },
    {
      label: text('executions.took'),
      value: <Took from={startDate} to={stopDate} isRunning={status === 'RUNNING'} />,
    },
    { label: text('executions.redrives'), value: redriveCount || '–' },
  ];
  return (
    <SpaceBetween size="m">
      <Sentence execution={execution} visits={visits} />
      <Container>
        <KeyValuePairs columns={4} items={facts} />
      </Container>
    </SpaceBetween>
  );
}

/** Of a job that failed the cause is the whole job: then its reason. What is longer than some lines stands with the state. */
function shortCause(cause: string | undefined): string | undefined {
  if (cause === undefined) return undefined;
  const reading = readJson(cause);
  const reason = reading.kind === 'json' ? textOf(objectOf(reading.value).StatusReason) : undefined;
  const words = reason ?? cause;
  return words.length <= longest ? words : `${words.slice(0, longest)}…`;
}

function Sentence({ execution: { status, error, cause, redriveStatusReason }, visits }: ExecutionFactsProps) {
  const text = useText();
  if (status === 'RUNNING') {
    const names = [...new Set(visits.filter((visit) => visit.status === 'running').map(({ name }) => name))];
    return <Box fontSize="heading-s">{text('execution.at', { states: names.join(', ') || '–' })}</Box>;
  }
  if (status === 'SUCCEEDED') return null;
  const failed = visits.findLast(
    (visit) => visit.status === 'failed' && visit.type !== 'Map' && visit.type !== 'Parallel',
  );
  return (
    <Alert
      type={status === 'ABORTED' ? 'warning' : 'error'}
      header={
        failed ? text('execution.failed-in', { state: failed.name }) : text('execution.ended', { status: status ?? '' })
      }
    >
      {[error, shortCause(cause)].filter(Boolean).join(': ') || text('execution.no-cause')}
      {redriveStatusReason !== undefined && <Box color="text-body-secondary">{redriveStatusReason}</Box>}
    </Alert>
  );
}
