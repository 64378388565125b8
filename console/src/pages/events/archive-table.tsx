import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { type Archive, useArchives } from '../../data/event-places.ts';
import { useEventBuses } from '../../data/event-rules.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ChoiceField } from '../../views/choice-field.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { TextField } from '../../views/text-field.tsx';
import { DeleteNamed } from './delete-named.tsx';
import { StartReplay } from './start-replay.tsx';

/** What is kept of the events of buses, to be told again. */
export function ArchiveTable() {
  const text = useText();
  const { data, error, isPending } = useArchives();
  return (
    <ListTable<Archive>
      title={text('events.archives')}
      actions={<CreateArchive />}
      error={error}
      loading={isPending}
      items={data?.Archives}
      keyOf={({ ArchiveName }) => ArchiveName ?? ''}
      none={text('events.no-archives')}
      columns={[
        { id: 'name', header: text('services.name'), isRowHeader: true, cell: ({ ArchiveName }) => ArchiveName },
        { id: 'state', header: text('services.state'), cell: ({ State }) => State },
        { id: 'source', header: text('events.bus'), cell: ({ EventSourceArn }) => nameIn(EventSourceArn) },
        { id: 'events', header: text('events.kept'), cell: ({ EventCount }) => EventCount },
        {
          id: 'acts',
          header: text('services.acts'),
          cell: (archive) => (
            <SpaceBetween direction="horizontal" size="s">
              <StartReplay archive={archive} />
              <DeleteNamed
                operation="DeleteArchive"
                input={{ ArchiveName: archive.ArchiveName }}
                name={archive.ArchiveName ?? ''}
              />
            </SpaceBetween>
          ),
        },
      ]}
    />
  );
}

function CreateArchive() {
  const text = useText();
  const buses = useEventBuses().data?.EventBuses ?? [];
  const [ArchiveName, setName] = useState('');
  const [pattern, setPattern] = useState('');
  const [chosen, setChosen] = useState<string>();
  const EventSourceArn = chosen ?? buses[0]?.Arn ?? '';
  const input = { ArchiveName, EventSourceArn, ...(pattern !== '' && { EventPattern: pattern }) };
  return (
    <AskedAct
      label={text('events.create-archive')}
      question={text('events.create-archive.question')}
      call={{ service: 'events', operation: 'CreateArchive', input }}
    >
      <TextField label={text('services.name')} value={ArchiveName} onChange={setName} />
      <ChoiceField
        label={text('events.bus')}
        value={EventSourceArn}
        options={buses.map(({ Arn = '', Name = '' }) => ({ value: Arn, label: Name }))}
        onChange={setChosen}
      />
      <TextField label={text('events.pattern')} value={pattern} onChange={setPattern} rows={4} />
    </AskedAct>
  );
}

function nameIn(arn = ''): string {
  return arn.slice(arn.indexOf('/') + 1);
}
