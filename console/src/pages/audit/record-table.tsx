import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { type AuditQuery, type RecordedCall, useRecords } from '../../data/audit.ts';
import { momentOfSeconds } from '../../data/seconds.ts';
import { useText } from '../../messages/text-context.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { PageSteps, usePages } from '../../views/page-steps.tsx';
import { Time } from '../../views/time.tsx';
import { readRecord } from './read-record.ts';
import { WholeRecord } from './whole-record.tsx';

/** A page of records. One may be short, or empty, and lead on: so much is read for each and no more. */
export function RecordTable({ query }: { readonly query: AuditQuery }) {
  const pages = usePages();
  const { data, error, isPending } = useRecords(query, pages.token);
  return (
    <SpaceBetween size="s">
      <ItemTable<RecordedCall>
        items={data?.Events}
        error={error}
        isPending={isPending}
        empty={data?.NextToken === undefined ? 'audit.none' : 'audit.none-yet'}
        columns={[
          { id: 'name', header: 'audit.call', cell: (it) => <WholeRecord call={it} /> },
          { id: 'time', header: 'audit.when', cell: ({ EventTime }) => <Time at={momentOfSeconds(EventTime)} /> },
          { id: 'who', header: 'audit.who', cell: (it) => readRecord(it.CloudTrailEvent).who ?? it.Username ?? '–' },
          { id: 'source', header: 'audit.service', cell: ({ EventSource }) => EventSource },
          { id: 'outcome', header: 'audit.outcome', cell: (it) => <Outcome call={it} /> },
        ]}
      />
      <PageSteps pages={pages} nextToken={data?.NextToken} />
    </SpaceBetween>
  );
}

function Outcome({ call }: { readonly call: RecordedCall }) {
  const text = useText();
  const { errorCode } = readRecord(call.CloudTrailEvent);
  if (errorCode === undefined) return <StatusIndicator type="success">{text('audit.done')}</StatusIndicator>;
  return <StatusIndicator type="error">{errorCode}</StatusIndicator>;
}
