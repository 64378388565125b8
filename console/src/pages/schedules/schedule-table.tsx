import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import { type ScheduleRow, useScheduleGroups, useSchedules } from '../../data/schedules.ts';
import { momentOfSeconds } from '../../data/seconds.ts';
import { useText } from '../../messages/text-context.tsx';
import { ChoiceField } from '../../views/choice-field.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { SearchField } from '../../views/search-field.tsx';
import { StateMark } from '../../views/state-mark.tsx';
import { Time } from '../../views/time.tsx';
import { useAddress } from '../../views/use-address.ts';

export function ScheduleTable() {
  const text = useText();
  const address = useAddress();
  const [group, prefix] = [address.get('group'), address.get('q')];
  const groups = (useScheduleGroups().data?.ScheduleGroups ?? []).map(({ Name = '' }) => ({ value: Name }));
  return (
    <SpaceBetween size="s">
      <ChoiceField
        label={text('schedules.group')}
        value={group}
        options={[{ value: '', label: text('schedules.all-groups') }, ...groups]}
        onChange={(chosen) => address.set({ group: chosen })}
      />
      <SchedulePages key={`${group} ${prefix}`} group={group} prefix={prefix} />
    </SpaceBetween>
  );
}

function SchedulePages({ group, prefix }: { readonly group: string; readonly prefix: string }) {
  const text = useText();
  const pages = usePages();
  const navigate = useNavigate();
  const { data, error, isPending } = useSchedules(group, prefix, pages.token);
  return (
    <ListTable<ScheduleRow>
      title={text('schedules.title')}
      actions={<Button onClick={() => void navigate('/schedules/new')}>{text('schedules.create')}</Button>}
      filter={<SearchField label={text('schedules.prefix')} />}
      error={error}
      loading={isPending}
      items={data?.Schedules}
      keyOf={({ Arn }) => Arn ?? ''}
      none={text('schedules.none')}
      first={exampleCall}
      pages={pages}
      nextToken={data?.NextToken}
      columns={[
        {
          id: 'name',
          header: text('services.name'),
          isRowHeader: true,
          cell: ({ GroupName = '', Name = '' }) => (
            <PathLink to={`/schedules/${encodeURIComponent(GroupName)}/${encodeURIComponent(Name)}`}>{Name}</PathLink>
          ),
        },
        { id: 'group', header: text('schedules.group'), cell: ({ GroupName }) => GroupName },
        { id: 'state', header: text('services.state'), cell: ({ State }) => <StateMark state={State} /> },
        { id: 'target', header: text('event-rule.target'), cell: ({ Target }) => Target?.Arn ?? '–' },
        {
          id: 'changed',
          header: text('schedules.changed'),
          cell: ({ LastModificationDate: at }) => <Time at={momentOfSeconds(at)} />,
        },
      ]}
    />
  );
}

const exampleCall = {
  service: 'scheduler',
  operation: 'CreateSchedule',
  input: {
    Name: 'hourly',
    ScheduleExpression: 'rate(1 hour)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: 'TARGET', RoleArn: 'ROLE' },
  },
} as const;
