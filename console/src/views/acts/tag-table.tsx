import type { Call } from '../../api/protocol.ts';
import { ItemTable } from '../item-table.tsx';
import type { Act } from './act.ts';
import { ActBar } from './act-bar.tsx';

interface TagTableProps {
  readonly tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;
  readonly tag: (key: string, value: string) => Call;
  readonly untag: (key: string) => Call;
}

/** Tags of something whose service has them as lists of keys and values. */
export function TagTable({ tags, tag, untag }: TagTableProps) {
  const add: Act = {
    title: 'tags.add',
    fields: [
      { name: 'key', label: 'tags.key' },
      { name: 'value', label: 'tags.value', optional: true },
    ],
    call: ({ key = '', value = '' }) => tag(key, value),
  };
  return (
    <ItemTable
      title="tags.title"
      actions={<ActBar acts={[add]} />}
      items={tags ?? []}
      error={null}
      isPending={false}
      empty="tags.none"
      teaches={tag('team', 'research')}
      columns={[
        { id: 'key', header: 'tags.key', cell: ({ Key }) => Key },
        { id: 'value', header: 'tags.value', cell: ({ Value }) => Value ?? '' },
        {
          id: 'acts',
          header: 'iam.acts',
          cell: ({ Key = '' }) => <ActBar inline of={Key} acts={[{ title: 'tags.remove', call: () => untag(Key) }]} />,
        },
      ]}
    />
  );
}
