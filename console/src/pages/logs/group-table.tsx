import { type LogGroup, useLogGroups } from '../../data/log-groups.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { SearchField } from '../../views/search-field.tsx';
import { Time } from '../../views/time.tsx';
import { GroupRetention } from './group-retention.tsx';

/** The groups whose names contain `part`, with what is done to them. */
export function GroupTable({ part }: { readonly part: string }) {
  const text = useText();
  const pages = usePages();
  const { data, error, isPending } = useLogGroups(part, pages.token);
  const create = { service: 'logs', operation: 'CreateLogGroup', input: { logGroupName: '/my/group' } } as const;
  return (
    <ListTable<LogGroup>
      filter={<SearchField label={text('logs.search')} />}
      error={error}
      loading={isPending}
      items={data?.logGroups}
      keyOf={({ logGroupName }) => logGroupName ?? ''}
      none={text(part === '' ? 'logs.none' : 'logs.none-found', { part })}
      {...(part === '' && { first: create })}
      pages={pages}
      nextToken={data?.nextToken}
      columns={[
        {
          id: 'name',
          header: text('logs.name'),
          isRowHeader: true,
          cell: ({ logGroupName = '' }) => (
            <PathLink to={`/logs/${encodeURIComponent(logGroupName)}`}>{logGroupName}</PathLink>
          ),
        },
        { id: 'retention', header: text('logs.retention'), cell: (group) => <GroupRetention group={group} /> },
        { id: 'created', header: text('logs.created'), cell: ({ creationTime }) => <Time at={creationTime} /> },
        { id: 'acts', header: text('services.acts'), cell: (group) => <DeleteGroup group={group} /> },
      ]}
    />
  );
}

function DeleteGroup({ group: { logGroupName = '' } }: { readonly group: LogGroup }) {
  const text = useText();
  return (
    <AskedAct
      inline
      label={text('services.delete')}
      ariaLabel={text('services.delete-named', { name: logGroupName })}
      question={text('logs.delete.question', { name: logGroupName })}
      call={{ service: 'logs', operation: 'DeleteLogGroup', input: { logGroupName } }}
    />
  );
}
