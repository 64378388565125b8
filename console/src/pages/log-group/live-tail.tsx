import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { type StreamState, useStream } from '../../data/use-stream.ts';
import { useText } from '../../messages/text-context.tsx';
import { useSession } from '../../session/session-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { Failure } from '../../views/failure.tsx';
import { type LogLine, LogLines } from '../../views/log-lines/log-lines.tsx';
import { SearchField } from '../../views/search-field.tsx';
import { useAddress } from '../../views/use-address.ts';
import { type TailUpdate, tailed } from './tailed-lines.ts';

/** What is written to a group, as it comes. It begins when the tab is opened, and another pattern begins it anew. */
export function LiveTail({ group }: { readonly group: string }) {
  const text = useText();
  const pattern = useAddress().get('q');
  const session = useSession();
  if (session?.kind !== 'signed-in') return null;
  const arn = `arn:aws:logs:${session.region}:${session.account}:log-group:${group}`;
  return (
    <SpaceBetween size="s">
      <SearchField label={text('log-search.pattern')} />
      <TailedLines key={pattern} arn={arn} pattern={pattern} />
    </SpaceBetween>
  );
}

function TailedLines({ arn, pattern }: { readonly arn: string; readonly pattern: string }) {
  const text = useText();
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [follow, setFollow] = useState(true);
  const input = { logGroupIdentifiers: [arn], ...(pattern !== '' && { logEventFilterPattern: pattern }) };
  const call = { service: 'logs', operation: 'StartLiveTail', input } as const;
  const state = useStream(call, ({ type, value }) => {
    if (type === 'sessionUpdate') setLines((before) => tailed(before, value as TailUpdate));
  });
  return (
    <SpaceBetween size="xs">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <TailState state={state} />
        <Toggle checked={follow} onChange={({ detail }) => setFollow(detail.checked)}>
          {text('live-tail.follow')}
        </Toggle>
      </SpaceBetween>
      {lines.length > 0 ? (
        <LogLines label={arn} lines={lines} follow={follow} />
      ) : (
        <Box color="text-body-secondary">{text('live-tail.nothing-yet')}</Box>
      )}
      <AwsLine call={call} />
    </SpaceBetween>
  );
}

function TailState({ state }: { readonly state: StreamState }) {
  const text = useText();
  if (state.kind === 'failed') return <Failure error={state.error} />;
  if (state.kind === 'open') return <StatusIndicator type="in-progress">{text('live-tail.open')}</StatusIndicator>;
  return <StatusIndicator type="stopped">{text('live-tail.over')}</StatusIndicator>;
}
