import { type RuleTarget, useRuleTargets } from '../../data/event-rules.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { AddTarget } from './add-target.tsx';

interface TargetTableProps {
  readonly bus: string;
  readonly rule: string;
  readonly isManaged: boolean;
}

/** Where a rule sends its events. */
export function TargetTable({ bus, rule, isManaged }: TargetTableProps) {
  const text = useText();
  const { data, error, isPending } = useRuleTargets(bus, rule);
  const targets = data?.Targets;
  return (
    <ListTable<RuleTarget>
      title={text('event-rule.targets')}
      actions={!isManaged && <AddTarget bus={bus} rule={rule} taken={(targets ?? []).map(({ Id }) => Id ?? '')} />}
      error={error}
      loading={isPending}
      items={targets}
      keyOf={({ Id }) => Id ?? ''}
      none={text('event-rule.no-targets')}
      columns={[
        { id: 'id', header: text('event-rule.target-id'), isRowHeader: true, cell: ({ Id }) => Id },
        { id: 'arn', header: text('event-rule.target'), cell: ({ Arn }) => Arn },
        { id: 'role', header: text('event-rule.role'), cell: ({ RoleArn }) => RoleArn ?? '–' },
        { id: 'input', header: text('event-rule.input'), cell: inputOf },
        {
          id: 'acts',
          header: text('services.acts'),
          cell: ({ Id = '' }) =>
            isManaged ? (
              '–'
            ) : (
              <AskedAct
                inline
                label={text('event-rule.remove')}
                ariaLabel={text('event-rule.remove-named', { name: Id })}
                question={text('event-rule.remove.question', { name: Id })}
                call={{
                  service: 'events',
                  operation: 'RemoveTargets',
                  input: { Rule: rule, EventBusName: bus, Ids: [Id] },
                }}
              />
            ),
        },
      ]}
    />
  );
}

function inputOf({ Input, InputPath, InputTransformer }: RuleTarget): string {
  return Input ?? InputPath ?? InputTransformer?.InputTemplate ?? '–';
}
