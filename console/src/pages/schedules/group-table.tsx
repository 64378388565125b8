import { useState } from 'react';
import { defaultGroup, type ScheduleGroup, useScheduleGroups } from '../../data/schedules.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { TextField } from '../../views/text-field.tsx';

export function GroupTable() {
  const text = useText();
  const { data, error, isPending } = useScheduleGroups();
  return (
    <ListTable<ScheduleGroup>
      title={text('schedules.groups')}
      actions={<CreateGroup />}
      error={error}
      loading={isPending}
      items={data?.ScheduleGroups}
      keyOf={({ Name }) => Name ?? ''}
      none={text('schedules.no-groups')}
      columns={[
        {
          id: 'name',
          header: text('services.name'),
          isRowHeader: true,
          cell: ({ Name = '' }) => <PathLink to={`/schedules?group=${encodeURIComponent(Name)}`}>{Name}</PathLink>,
        },
        { id: 'state', header: text('services.state'), cell: ({ State }) => State },
        {
          id: 'acts',
          header: text('services.acts'),
          cell: ({ Name = '' }) => (Name === defaultGroup ? '–' : <DeleteGroup Name={Name} />),
        },
      ]}
    />
  );
}

function CreateGroup() {
  const text = useText();
  const [Name, setName] = useState('');
  return (
    <AskedAct
      label={text('schedules.create-group')}
      question={text('schedules.create-group.question')}
      call={{ service: 'scheduler', operation: 'CreateScheduleGroup', input: { Name } }}
    >
      <TextField label={text('services.name')} value={Name} onChange={setName} />
    </AskedAct>
  );
}

function DeleteGroup(input: { readonly Name: string }) {
  const text = useText();
  return (
    <AskedAct
      inline
      label={text('services.delete')}
      ariaLabel={text('services.delete-named', { name: input.Name })}
      question={text('schedules.delete-group', { name: input.Name })}
      call={{ service: 'scheduler', operation: 'DeleteScheduleGroup', input }}
    />
  );
}
