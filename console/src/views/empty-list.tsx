import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Call } from '../api/protocol.ts';
import { AwsLine } from './aws-line.tsx';
import { PathLink } from './path-link.tsx';

interface EmptyListProps {
  readonly words: string;
  readonly action: string;
  /** Where one is made. */
  readonly to: string;
  /** What makes one on the command line. */
  readonly call: Call;
}

/** A list without anything in it: what it would hold, and both ways to make one. */
export function EmptyList({ words, action, to, call }: EmptyListProps) {
  return (
    <Box textAlign="center" padding="l">
      <SpaceBetween size="s" alignItems="center">
        <Box>{words}</Box>
        <PathLink to={to}>{action}</PathLink>
        <AwsLine call={call} />
      </SpaceBetween>
    </Box>
  );
}
