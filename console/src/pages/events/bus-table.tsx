import { useState } from 'react';
import { defaultBus, type EventBus, useEventBuses } from '../../data/event-rules.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { TextField } from '../../views/text-field.tsx';
import { DeleteNamed } from './delete-named.tsx';

export function BusTable() {
  const text = useText();
  const { data, error, isPending } = useEventBuses();
  return (
    <ListTable<EventBus>
      title={text('events.buses')}
      actions={<CreateBus />}
      error={error}
      loading={isPending}
      items={data?.EventBuses}
      keyOf={({ Name }) => Name ?? ''}
      none={text('events.no-buses')}
      columns={[
        {
          id: 'name',
          header: text('services.name'),
          isRowHeader: true,
          cell: ({ Name = '' }) => <PathLink to={`/events?bus=${encodeURIComponent(Name)}`}>{Name}</PathLink>,
        },
        { id: 'arn', header: 'ARN', cell: ({ Arn }) => Arn },
        {
          id: 'acts',
          header: text('services.acts'),
          cell: ({ Name = '' }) =>
            Name === defaultBus ? '–' : <DeleteNamed operation="DeleteEventBus" input={{ Name }} name={Name} />,
        },
      ]}
    />
  );
}

function CreateBus() {
  const text = useText();
  const [Name, setName] = useState('');
  return (
    <AskedAct
      label={text('events.create-bus')}
      question={text('events.create-bus.question')}
      call={{ service: 'events', operation: 'CreateEventBus', input: { Name } }}
    >
      <TextField label={text('services.name')} value={Name} onChange={setName} />
    </AskedAct>
  );
}
