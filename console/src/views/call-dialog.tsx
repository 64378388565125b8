import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { Call } from '../api/protocol.ts';
import { useAct } from '../data/use-act.ts';
import { useText } from '../messages/text-context.tsx';
import { AwsLine } from './aws-line.tsx';
import { Failure } from './failure.tsx';

interface CallDialogProps {
  /** What is done, as the button says it. */
  readonly title: string;
  readonly call: Call;
  /** Whether the call cannot be made as it is. */
  readonly disabled?: boolean;
  readonly onClose: () => void;
  /** With what the call answered. @default closes */
  readonly onDone?: (answer: unknown) => void;
  readonly children?: ReactNode;
  readonly size?: 'medium' | 'large';
}

/** Asks before a call is made, and shows its line of the `aws` command; what refuses it stands below. */
export function CallDialog({
  title,
  call,
  disabled = false,
  onClose,
  onDone,
  children,
  size = 'medium',
}: CallDialogProps) {
  const text = useText();
  const act = useAct();
  const go = (
    <Box float="right">
      <SpaceBetween direction="horizontal" size="xs">
        <Button variant="link" onClick={onClose}>
          {text('call-dialog.cancel')}
        </Button>
        <Button
          variant="primary"
          disabled={disabled}
          loading={act.isPending}
          onClick={() => act.mutate(call, { onSuccess: onDone ?? onClose })}
        >
          {title}
        </Button>
      </SpaceBetween>
    </Box>
  );
  return (
    <Modal visible size={size} header={title} onDismiss={onClose} footer={go} closeAriaLabel={text('dialog.close')}>
      <SpaceBetween size="m">
        {children}
        <AwsLine call={call} />
        {act.error && <Failure error={act.error} />}
      </SpaceBetween>
    </Modal>
  );
}
