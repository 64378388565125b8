import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import type { Call } from '../api/protocol.ts';
import { useActs } from '../data/use-acts.ts';
import { useText } from '../messages/text-context.tsx';
import { AwsLine } from './aws-line.tsx';
import { Failure } from './failure.tsx';

interface ConfirmActProps {
  /** What is done, as the button says it. */
  readonly title: string;
  /** What comes of it. */
  readonly words?: ReactNode;
  /** Made in this order. */
  readonly calls: readonly Call[];
  readonly onClose: () => void;
  /** @default closes */
  readonly onDone?: () => void;
}

/** Asks before something is changed that is not easily undone, and shows the lines that do the same. */
export function ConfirmAct({ title, words, calls, onClose, onDone = onClose }: ConfirmActProps) {
  const text = useText();
  const acts = useActs();
  const go = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button variant="link" onClick={onClose}>
        {text('form.cancel')}
      </Button>
      <Button
        variant="primary"
        loading={acts.isRunning}
        disabled={calls.length === 0}
        onClick={() => acts.run(calls, onDone)}
      >
        {title}
      </Button>
    </SpaceBetween>
  );
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      footer={<Box float="right">{go}</Box>}
      closeAriaLabel={text('dialog.close')}
    >
      <SpaceBetween size="m">
        {words}
        {calls.map((call) => (
          <AwsLine key={call.operation} call={call} />
        ))}
        {acts.error && <Failure error={acts.error} />}
      </SpaceBetween>
    </Modal>
  );
}
