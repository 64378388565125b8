import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useState } from 'react';
import type { Call } from '../api/protocol.ts';
import { useAct } from '../data/use-act.ts';
import { useText } from '../messages/text-context.tsx';
import { AwsLine } from './aws-line.tsx';
import { Failure } from './failure.tsx';

interface AskedActProps {
  /** What the button says, and the one that confirms unless that has words of its own. */
  readonly label: string;
  readonly confirm?: string;
  /** Where several have the same label: what a screen reader says instead. */
  readonly ariaLabel?: string;
  readonly call: Call;
  /** What the line shows instead of `call`, where that holds a secret. */
  readonly shown?: Call;
  readonly question: string;
  readonly disabled?: boolean;
  readonly inline?: boolean;
  /** What else has to be given, above the line. */
  readonly children?: ReactNode;
  readonly onDone?: () => void;
}

/** A button for what cannot be undone, or needs more: asks first, with the line of the call. */
export function AskedAct(props: AskedActProps) {
  const { label, confirm = label, ariaLabel, call, shown = call, question, disabled, inline, children, onDone } = props;
  const text = useText();
  const act = useAct();
  const [asking, setAsking] = useState(false);
  const close = () => {
    act.reset();
    setAsking(false);
  };
  const done = () => {
    close();
    onDone?.();
  };
  const go = (
    <Button variant="primary" loading={act.isPending} onClick={() => act.mutate(call, { onSuccess: done })}>
      {confirm}
    </Button>
  );
  return (
    <>
      <Button
        variant={inline ? 'inline-link' : 'normal'}
        disabled={disabled ?? false}
        ariaLabel={ariaLabel ?? label}
        onClick={() => setAsking(true)}
      >
        {label}
      </Button>
      {asking && (
        <Modal visible header={ariaLabel ?? label} onDismiss={close} footer={go} closeAriaLabel={text('dialog.close')}>
          <SpaceBetween size="m">
            <Box>{question}</Box>
            {children}
            <AwsLine call={shown} />
            {act.error && <Failure error={act.error} />}
          </SpaceBetween>
        </Modal>
      )}
    </>
  );
}
