import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { type Connection, useConnections } from '../../data/event-places.ts';
import { momentOfSeconds } from '../../data/seconds.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { TextField } from '../../views/text-field.tsx';
import { Time } from '../../views/time.tsx';
import { DeleteNamed } from './delete-named.tsx';

/** What destinations say who they are by. */
export function ConnectionTable() {
  const text = useText();
  const { data, error, isPending } = useConnections();
  return (
    <ListTable<Connection>
      title={text('events.connections')}
      actions={<CreateConnection />}
      error={error}
      loading={isPending}
      items={data?.Connections}
      keyOf={({ Name }) => Name ?? ''}
      none={text('events.no-connections')}
      columns={[
        { id: 'name', header: text('services.name'), isRowHeader: true, cell: ({ Name }) => Name },
        {
          id: 'state',
          header: text('services.state'),
          cell: ({ ConnectionState, StateReason }) => [ConnectionState, StateReason].filter(Boolean).join(' · '),
        },
        { id: 'kind', header: text('events.authorization'), cell: ({ AuthorizationType }) => AuthorizationType },
        {
          id: 'created',
          header: text('logs.created'),
          cell: ({ CreationTime }) => <Time at={momentOfSeconds(CreationTime)} />,
        },
        {
          id: 'acts',
          header: text('services.acts'),
          cell: ({ Name = '' }) => <DeleteNamed operation="DeleteConnection" input={{ Name }} name={Name} />,
        },
      ]}
    />
  );
}

const hidden = '********';

/** A key in a header is what most receivers ask for; the other kinds are made on the command line. The line shows no key. */
function CreateConnection() {
  const text = useText();
  const [Name, setName] = useState('');
  const [ApiKeyName, setKeyName] = useState('Authorization');
  const [ApiKeyValue, setKey] = useState('');
  const inputWith = (value: string) => {
    const AuthParameters = { ApiKeyAuthParameters: { ApiKeyName, ApiKeyValue: value } };
    return { Name, AuthorizationType: 'API_KEY', AuthParameters };
  };
  const operation = 'CreateConnection';
  return (
    <AskedAct
      label={text('events.create-connection')}
      question={text('events.create-connection.question')}
      call={{ service: 'events', operation, input: inputWith(ApiKeyValue) }}
      shown={{ service: 'events', operation, input: inputWith(hidden) }}
    >
      <TextField label={text('services.name')} value={Name} onChange={setName} />
      <TextField label={text('events.key-header')} value={ApiKeyName} onChange={setKeyName} />
      <FormField label={text('events.key')}>
        <Input type="password" value={ApiKeyValue} onChange={({ detail }) => setKey(detail.value)} />
      </FormField>
    </AskedAct>
  );
}
