import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { type EventSelection, type LogEvent, useLogEvents } from '../../data/log-events.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { Failure } from '../../views/failure.tsx';
import { LogLines } from '../../views/log-lines/log-lines.tsx';
import { RangeField, useRangeText } from '../../views/range/range-field.tsx';
import { readMoment, readRange } from '../../views/range/time-range.ts';
import { SearchField } from '../../views/search-field.tsx';
import { useAddress } from '../../views/use-address.ts';
import { DownloadLines } from './download-lines.tsx';

/** Events of a group that match: the address has the pattern (`q`), the `stream`, the time, and the moment to jump to (`at`). */
export function LogSearch({ group }: { readonly group: string }) {
  const text = useText();
  const address = useAddress();
  const range = useRangeText('1h');
  const [asOf, setAsOf] = useState(Date.now);
  const stream = address.get('stream');
  const filterPattern = address.get('q');
  const { from, to } = readRange(range, asOf);
  const selection: EventSelection = {
    logGroupName: group,
    ...(stream !== '' && { logStreamNames: [stream] }),
    ...(filterPattern !== '' && { filterPattern }),
    ...(from !== undefined && { startTime: from }),
    ...(to !== undefined && { endTime: to }),
  };
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="xs" alignItems="end">
        <RangeField range={range} all />
        <SearchField label={text('log-search.pattern')} />
        <SearchField name="stream" label={text('log-search.stream')} />
        <SearchField name="at" label={text('log-search.jump')} />
        <Button iconName="refresh" ariaLabel={text('log-search.again')} onClick={() => setAsOf(Date.now())} />
      </SpaceBetween>
      <FoundEvents selection={selection} at={readMoment(address.get('at'))} />
      <AwsLine call={{ service: 'logs', operation: 'FilterLogEvents', input: selection }} />
    </SpaceBetween>
  );
}

function FoundEvents({ selection, at }: { readonly selection: EventSelection; readonly at: number | undefined }) {
  const text = useText();
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useLogEvents(selection);
  if (error) return <Failure error={error} />;
  if (isPending) return <StatusIndicator type="loading">{text('table.loading')}</StatusIndicator>;
  const more = (
    <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
      {text('log-search.more')}
    </Button>
  );
  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <Box>{text(hasNextPage ? 'log-search.found-so-far' : 'log-search.found', { count: data.length })}</Box>
        {hasNextPage && more}
        <DownloadLines name={selection.logGroupName} lines={data} />
      </SpaceBetween>
      {data.length > 0 ? (
        <LogLines label={selection.logGroupName} lines={data.map(lineOf)} at={at} />
      ) : (
        <Box color="text-body-secondary">{text('log-search.none')}</Box>
      )}
    </SpaceBetween>
  );
}

function lineOf({ eventId, timestamp, logStreamName, message }: LogEvent) {
  return { id: eventId ?? '', at: timestamp ?? 0, stream: logStreamName ?? '', message: message ?? '' };
}
