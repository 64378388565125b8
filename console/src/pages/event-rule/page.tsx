import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams } from 'react-router';
import { useEventRule } from '../../data/event-rules.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { Failure } from '../../views/failure.tsx';
import { JsonText } from '../../views/json-text.tsx';
import { RuleState } from '../../views/rule-state.tsx';
import { StateMark } from '../../views/state-mark.tsx';
import { readJson } from './read-json.ts';
import { TargetTable } from './target-table.tsx';

/** A rule: what it waits for, and where it sends what comes. */
export function Page() {
  const text = useText();
  const { bus = '', name = '' } = useParams();
  const { data, error, isPending } = useEventRule(bus, name);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  const { State, ScheduleExpression, EventPattern, Description, ManagedBy } = data;
  const facts = [
    { label: text('services.state'), value: <StateMark state={State} /> },
    { label: text('events.bus'), value: bus },
    { label: text('services.description'), value: Description ?? '–' },
    {
      label: text('events.when'),
      value: ScheduleExpression ?? <JsonText value={readJson(EventPattern)} />,
    },
  ];
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={ManagedBy ? text('events.managed', { by: ManagedBy }) : text('event-rule.title')}
        actions={!ManagedBy && <RuleActs bus={bus} name={name} state={State} />}
      >
        {name}
      </Header>
      <Container header={<Header variant="h2">{text('job.facts')}</Header>}>
        <KeyValuePairs columns={2} items={facts} />
      </Container>
      <TargetTable bus={bus} rule={name} isManaged={ManagedBy !== undefined} />
    </SpaceBetween>
  );
}

interface RuleActsProps {
  readonly bus: string;
  readonly name: string;
  readonly state: string | undefined;
}

function RuleActs({ bus, name, state }: RuleActsProps) {
  const text = useText();
  const navigate = useNavigate();
  const place = `/events/rules/${encodeURIComponent(bus)}/${encodeURIComponent(name)}`;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <RuleState bus={bus} name={name} state={state} />
      <Button onClick={() => void navigate(`${place}/edit`)}>{text('services.edit')}</Button>
      <AskedAct
        label={text('services.delete')}
        question={text('event-rule.delete', { name })}
        call={{ service: 'events', operation: 'DeleteRule', input: { Name: name, EventBusName: bus } }}
        onDone={() => void navigate(`/events?bus=${encodeURIComponent(bus)}`)}
      />
    </SpaceBetween>
  );
}
