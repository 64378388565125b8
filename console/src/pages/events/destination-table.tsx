import { useState } from 'react';
import { type ApiDestination, useApiDestinations, useConnections } from '../../data/event-places.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ChoiceField } from '../../views/choice-field.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { TextField } from '../../views/text-field.tsx';
import { DeleteNamed } from './delete-named.tsx';

/** Addresses to which rules send events by HTTP. */
export function DestinationTable() {
  const text = useText();
  const { data, error, isPending } = useApiDestinations();
  return (
    <ListTable<ApiDestination>
      title={text('events.destinations')}
      actions={<CreateDestination />}
      error={error}
      loading={isPending}
      items={data?.ApiDestinations}
      keyOf={({ Name }) => Name ?? ''}
      none={text('events.no-destinations')}
      columns={[
        { id: 'name', header: text('services.name'), isRowHeader: true, cell: ({ Name }) => Name },
        { id: 'state', header: text('services.state'), cell: ({ ApiDestinationState }) => ApiDestinationState },
        {
          id: 'address',
          header: text('events.address'),
          cell: ({ HttpMethod, InvocationEndpoint }) => `${HttpMethod} ${InvocationEndpoint}`,
        },
        {
          id: 'acts',
          header: text('services.acts'),
          cell: ({ Name = '' }) => <DeleteNamed operation="DeleteApiDestination" input={{ Name }} name={Name} />,
        },
      ]}
    />
  );
}

const methods = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].map((value) => ({ value }));

function CreateDestination() {
  const text = useText();
  const connections = useConnections().data?.Connections ?? [];
  const [Name, setName] = useState('');
  const [InvocationEndpoint, setAddress] = useState('');
  const [HttpMethod, setMethod] = useState('POST');
  const [chosen, setChosen] = useState<string>();
  const ConnectionArn = chosen ?? connections[0]?.ConnectionArn ?? '';
  const input = { Name, ConnectionArn, InvocationEndpoint, HttpMethod };
  return (
    <AskedAct
      label={text('events.create-destination')}
      question={text('events.create-destination.question')}
      call={{ service: 'events', operation: 'CreateApiDestination', input }}
    >
      <TextField label={text('services.name')} value={Name} onChange={setName} />
      <TextField
        label={text('events.address')}
        value={InvocationEndpoint}
        onChange={setAddress}
        placeholder="https://example.com/events"
      />
      <ChoiceField label={text('events.method')} value={HttpMethod} options={methods} onChange={setMethod} />
      <ChoiceField
        label={text('events.connection')}
        value={ConnectionArn}
        options={connections.map(({ ConnectionArn: value = '', Name: label = '' }) => ({ value, label }))}
        onChange={setChosen}
      />
    </AskedAct>
  );
}
