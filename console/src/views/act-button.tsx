import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Call } from '../api/protocol.ts';
import { useAct } from '../data/use-act.ts';
import { AwsLine } from './aws-line.tsx';
import { Failure } from './failure.tsx';

interface ActButtonProps {
  readonly label: string;
  readonly ariaLabel?: string;
  readonly call: Call;
  readonly inline?: boolean;
}

/** A button that makes its call at once, for what the next press undoes; then it shows the line of what was done. */
export function ActButton({ label, ariaLabel, call, inline }: ActButtonProps) {
  const act = useAct();
  return (
    <SpaceBetween size="xs">
      <Button
        variant={inline ? 'inline-link' : 'normal'}
        ariaLabel={ariaLabel ?? label}
        loading={act.isPending}
        onClick={() => act.mutate(call)}
      >
        {label}
      </Button>
      {act.isSuccess && <AwsLine call={act.variables} />}
      {act.error && <Failure error={act.error} />}
    </SpaceBetween>
  );
}
