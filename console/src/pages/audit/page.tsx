import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { type AuditQuery, lookupCall } from '../../data/audit.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { RecordTable } from './record-table.tsx';
import { startOf } from './spans.ts';

/** Who did what; the address says what is looked for. */
export function Page() {
  const text = useText();
  const [search] = useSearchParams();
  const key = search.get('key') ?? 'EventName';
  const value = search.get('value') ?? '';
  const since = search.get('since') ?? 'all';
  // The beginning stays where it was when it was asked for: pages go with it.
  const from = useMemo(() => startOf(since, Date.now()), [since]);
  const query: AuditQuery = { key, value, from };
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={text('audit.what')}>
        {text('audit.title')}
      </Header>
      <AuditFilters attribute={key} value={value} since={since} />
      <AwsLine call={lookupCall(query)} />
      <RecordTable key={`${key} ${value} ${since}`} query={query} />
    </SpaceBetween>
  );
}
