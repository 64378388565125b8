import Button from '@cloudscape-design/components/button';
import { useNavigate } from 'react-router';
import { type Alarm, useAlarms } from '../../data/alarms.ts';
import { momentOfSeconds } from '../../data/seconds.ts';
import { useText } from '../../messages/text-context.tsx';
import { AlarmState } from '../../views/alarm-state.tsx';
import { ListTable } from '../../views/list-table.tsx';
import { usePages } from '../../views/page-steps.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { SearchField } from '../../views/search-field.tsx';
import { Time } from '../../views/time.tsx';

export function AlarmTable({ state, prefix }: { readonly state: string; readonly prefix: string }) {
  const text = useText();
  const pages = usePages();
  const navigate = useNavigate();
  const { data, error, isPending } = useAlarms(state, prefix, pages.token);
  return (
    <ListTable<Alarm>
      title={text('alarms.title')}
      actions={<Button onClick={() => void navigate('/alarms/new')}>{text('alarms.create')}</Button>}
      filter={<SearchField label={text('alarms.prefix')} />}
      error={error}
      loading={isPending}
      items={data?.MetricAlarms}
      keyOf={({ AlarmName }) => AlarmName ?? ''}
      none={text('alarms.none')}
      first={exampleCall}
      pages={pages}
      nextToken={data?.NextToken}
      columns={[
        {
          id: 'name',
          header: text('services.name'),
          isRowHeader: true,
          cell: ({ AlarmName = '' }) => (
            <PathLink to={`/alarms/${encodeURIComponent(AlarmName)}`}>{AlarmName}</PathLink>
          ),
        },
        { id: 'state', header: text('services.state'), cell: ({ StateValue }) => <AlarmState state={StateValue} /> },
        {
          id: 'since',
          header: text('alarms.since'),
          cell: ({ StateTransitionedTimestamp: at }) => <Time at={momentOfSeconds(at)} />,
        },
        { id: 'reason', header: text('alarms.reason'), cell: ({ StateReason }) => StateReason ?? '–' },
      ]}
    />
  );
}

const exampleCall = {
  service: 'monitoring',
  operation: 'PutMetricAlarm',
  input: {
    AlarmName: 'many-failures',
    Namespace: 'mine',
    MetricName: 'failures',
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: 'GreaterThanThreshold',
  },
} as const;
