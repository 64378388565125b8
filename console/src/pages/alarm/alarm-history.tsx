import { type AlarmHistoryItem, useAlarmHistory } from '../../data/alarms.ts';
import { momentOfSeconds } from '../../data/seconds.ts';
import { useText } from '../../messages/text-context.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { usePages } from '../../views/page-steps.tsx';
import { Time } from '../../views/time.tsx';

/** What happened to an alarm, newest first. */
export function AlarmHistory({ name }: { readonly name: string }) {
  const text = useText();
  const pages = usePages();
  const { data, error, isPending } = useAlarmHistory(name, pages.token);
  return (
    <ListTable<AlarmHistoryItem>
      title={text('alarm.history')}
      error={error}
      loading={isPending}
      items={data?.AlarmHistoryItems}
      keyOf={({ Timestamp, HistorySummary }) => `${Timestamp} ${HistorySummary}`}
      none={text('alarm.history.none')}
      pages={pages}
      nextToken={data?.NextToken}
      columns={[
        {
          id: 'at',
          header: text('range.label'),
          cell: ({ Timestamp: at }) => <Time at={momentOfSeconds(at)} />,
        },
        { id: 'kind', header: text('alarm.history.kind'), cell: ({ HistoryItemType }) => HistoryItemType },
        {
          id: 'summary',
          header: text('alarm.history.summary'),
          isRowHeader: true,
          cell: ({ HistorySummary }) => HistorySummary,
        },
      ]}
    />
  );
}
