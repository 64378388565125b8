import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Call } from '../../api/protocol.ts';
import { useAct } from '../../data/use-act.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../failure.tsx';

interface RevealedValueProps {
  readonly call: Call;
  /** Where the value stands in the answer. */
  readonly pick: (answer: unknown) => string | undefined;
}

/** A value that is asked for when somebody wants to see it, and forgotten when they have: each look is on record. */
export function RevealedValue({ call, pick }: RevealedValueProps) {
  const text = useText();
  const look = useAct();
  if (look.data === undefined)
    return (
      <SpaceBetween size="xs">
        <Button loading={look.isPending} onClick={() => look.mutate(call)}>
          {text('value.show')}
        </Button>
        {look.error && <Failure error={look.error} />}
      </SpaceBetween>
    );
  return (
    <SpaceBetween size="xs">
      <Box variant="pre">{pick(look.data) ?? text('value.none')}</Box>
      <Button onClick={() => look.reset()}>{text('value.hide')}</Button>
    </SpaceBetween>
  );
}
