import { type LogStream, useLogStreams } from '../../data/log-groups.ts';
import { useText } from '../../messages/text-context.tsx';
import { AskedAct } from '../../views/asked-act.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { SearchField } from '../../views/search-field.tsx';
import { Time } from '../../views/time.tsx';
import { useAddress } from '../../views/use-address.ts';

/** The streams of a group, those that were written to last first. */
export function StreamTable({ group }: { readonly group: string }) {
  const prefix = useAddress().get('prefix');
  return <StreamPages key={prefix} group={group} prefix={prefix} />;
}

function StreamPages({ group, prefix }: { readonly group: string; readonly prefix: string }) {
  const text = useText();
  const pages = usePages();
  const { data, error, isPending } = useLogStreams(group, prefix, pages.token);
  return (
    <ListTable<LogStream>
      filter={<SearchField name="prefix" label={text('log-group.stream-prefix')} />}
      error={error}
      loading={isPending}
      items={data?.logStreams}
      keyOf={({ logStreamName }) => logStreamName ?? ''}
      none={text('log-group.no-streams')}
      pages={pages}
      nextToken={data?.nextToken}
      columns={[
        {
          id: 'name',
          header: text('log-group.stream'),
          isRowHeader: true,
          cell: ({ logStreamName = '' }) => (
            <PathLink to={`/logs/${encodeURIComponent(group)}?since=all&stream=${encodeURIComponent(logStreamName)}`}>
              {logStreamName}
            </PathLink>
          ),
        },
        {
          id: 'first',
          header: text('log-group.first-event'),
          cell: ({ firstEventTimestamp }) => <Time at={firstEventTimestamp} />,
        },
        {
          id: 'last',
          header: text('log-group.last-event'),
          cell: ({ lastEventTimestamp }) => <Time at={lastEventTimestamp} />,
        },
        {
          id: 'acts',
          header: text('services.acts'),
          cell: ({ logStreamName = '' }) => <DeleteStream logGroupName={group} logStreamName={logStreamName} />,
        },
      ]}
    />
  );
}

function DeleteStream(input: { readonly logGroupName: string; readonly logStreamName: string }) {
  const text = useText();
  const name = input.logStreamName;
  return (
    <AskedAct
      inline
      label={text('services.delete')}
      ariaLabel={text('services.delete-named', { name })}
      question={text('log-group.delete-stream', { name })}
      call={{ service: 'logs', operation: 'DeleteLogStream', input }}
    />
  );
}
