import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { isRunning, type QueryResults, useQueryResults } from '../../data/log-query.ts';
import { useAct } from '../../data/use-act.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { Failure } from '../../views/failure.tsx';
import { RangeField, useRangeText } from '../../views/range/range-field.tsx';
import { readRange } from '../../views/range/time-range.ts';
import { TextField } from '../../views/text-field.tsx';
import { useAddress } from '../../views/use-address.ts';
import { QueryRows } from './query-rows.tsx';

const usualQuery = 'fields @timestamp, @message\n| sort @timestamp desc\n| limit 100';

/** A query of Logs Insights: the address has it once it was run. */
export function Insights({ group }: { readonly group: string }) {
  const text = useText();
  const address = useAddress();
  const range = useRangeText('1h');
  const [queryString, setQuery] = useState(address.get('query') || usualQuery);
  const [asOf, setAsOf] = useState(Date.now);
  const [queryId, setQueryId] = useState<string>();
  const act = useAct();
  const { data, error } = useQueryResults(queryId);
  const call = startCall(group, queryString, readRange(range, asOf), asOf);
  const run = () => {
    const now = Date.now();
    setAsOf(now);
    address.set({ query: queryString });
    act.mutate(startCall(group, queryString, readRange(range, now), now), {
      onSuccess: (answer) => setQueryId((answer as { queryId?: string }).queryId),
    });
  };
  const running = queryId !== undefined && (!data || isRunning(data.status));
  return (
    <SpaceBetween size="s">
      <RangeField range={range} />
      <TextField label={text('insights.query')} rows={5} value={queryString} onChange={setQuery} />
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="primary" loading={act.isPending} onClick={run}>
          {text('insights.run')}
        </Button>
        {queryId !== undefined && <StopQuery queryId={queryId} disabled={!running} />}
      </SpaceBetween>
      <AwsLine call={call} />
      {act.error && <Failure error={act.error} />}
      {error && <Failure error={error} />}
      {data && <Results data={data} />}
    </SpaceBetween>
  );
}

function startCall(group: string, queryString: string, { from = 0, to }: { from?: number; to?: number }, asOf: number) {
  const seconds = (at: number) => Math.floor(at / 1000);
  const input = { logGroupNames: [group], startTime: seconds(from), endTime: seconds(to ?? asOf), queryString };
  return { service: 'logs', operation: 'StartQuery', input } as const;
}

function StopQuery({ queryId, disabled }: { readonly queryId: string; readonly disabled: boolean }) {
  const text = useText();
  const stop = useAct();
  return (
    <Button
      disabled={disabled}
      loading={stop.isPending}
      onClick={() => stop.mutate({ service: 'logs', operation: 'StopQuery', input: { queryId } })}
    >
      {text('insights.stop')}
    </Button>
  );
}

function Results({ data }: { readonly data: QueryResults }) {
  const text = useText();
  const { status, statistics, results = [] } = data;
  const type = isRunning(status) ? 'in-progress' : status === 'Complete' ? 'success' : 'warning';
  const { recordsMatched: matched = 0, recordsScanned: scanned = 0, bytesScanned: bytes = 0 } = statistics ?? {};
  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="s">
        <StatusIndicator type={type}>{status}</StatusIndicator>
        <Box>{text('insights.statistics', { rows: results.length, matched, scanned, bytes })}</Box>
      </SpaceBetween>
      <QueryRows results={results} />
    </SpaceBetween>
  );
}
