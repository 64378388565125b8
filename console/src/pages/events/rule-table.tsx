import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import { defaultBus, type EventRule, useEventBuses, useEventRules } from '../../data/event-rules.ts';
import { useText } from '../../messages/text-context.tsx';
import { ChoiceField } from '../../views/choice-field.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { RuleState } from '../../views/rule-state.tsx';
import { SearchField } from '../../views/search-field.tsx';
import { StateMark } from '../../views/state-mark.tsx';
import { useAddress } from '../../views/use-address.ts';

/** The rules of the bus that the address names. */
export function RuleTable() {
  const text = useText();
  const address = useAddress();
  const bus = address.get('bus') || defaultBus;
  const prefix = address.get('q');
  const buses = useEventBuses();
  const names = (buses.data?.EventBuses ?? []).map(({ Name = '' }) => ({ value: Name }));
  return (
    <SpaceBetween size="s">
      <ChoiceField
        label={text('events.bus')}
        value={bus}
        options={names}
        onChange={(chosen) => address.set({ bus: chosen })}
      />
      <RulePages key={`${bus} ${prefix}`} bus={bus} prefix={prefix} />
    </SpaceBetween>
  );
}

function RulePages({ bus, prefix }: { readonly bus: string; readonly prefix: string }) {
  const text = useText();
  const pages = usePages();
  const navigate = useNavigate();
  const { data, error, isPending } = useEventRules(bus, prefix, pages.token);
  const pattern = '{"source":["aws.batch"]}';
  return (
    <ListTable<EventRule>
      title={text('events.rules')}
      actions={
        <Button onClick={() => void navigate(`/events/rules/new?bus=${encodeURIComponent(bus)}`)}>
          {text('events.create-rule')}
        </Button>
      }
      filter={<SearchField label={text('events.rule-prefix')} />}
      error={error}
      loading={isPending}
      items={data?.Rules}
      keyOf={({ Name }) => Name ?? ''}
      none={text('events.no-rules')}
      first={{ service: 'events', operation: 'PutRule', input: { Name: 'batch', EventPattern: pattern } }}
      pages={pages}
      nextToken={data?.NextToken}
      columns={[
        {
          id: 'name',
          header: text('services.name'),
          isRowHeader: true,
          cell: ({ Name = '' }) => (
            <PathLink to={`/events/rules/${encodeURIComponent(bus)}/${encodeURIComponent(Name)}`}>{Name}</PathLink>
          ),
        },
        { id: 'state', header: text('services.state'), cell: ({ State }) => <StateMark state={State} /> },
        {
          id: 'when',
          header: text('events.when'),
          cell: ({ ScheduleExpression, EventPattern }) => ScheduleExpression ?? EventPattern,
        },
        { id: 'description', header: text('services.description'), cell: ({ Description }) => Description ?? '–' },
        {
          id: 'acts',
          header: text('services.acts'),
          cell: ({ Name = '', State, ManagedBy }) =>
            ManagedBy ? (
              text('events.managed', { by: ManagedBy })
            ) : (
              <RuleState bus={bus} name={Name} state={State} inline />
            ),
        },
      ]}
    />
  );
}
