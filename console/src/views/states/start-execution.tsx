import type { StartExecutionCommandOutput } from '@aws-sdk/client-sfn';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { executionPath } from '../../data/states/arns.ts';
import type { Wire } from '../../data/use-call.ts';
import { useText } from '../../messages/text-context.tsx';
import { CallDialog } from '../call-dialog.tsx';
import { CodeEditor } from '../code-editor/code-editor.tsx';

interface StartExecutionProps {
  /** Of a machine, a version or an alias. */
  readonly machineArn: string;
  /** What the editor begins with. */
  readonly input: string;
  readonly onClose: () => void;
}

/** Asks for the input, starts an execution and shows it; an Express one cannot be shown. */
export function StartExecution({ machineArn, input: given, onClose }: StartExecutionProps) {
  const text = useText();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [input, setInput] = useState(given);
  const call = {
    service: 'states',
    operation: 'StartExecution',
    input: { stateMachineArn: machineArn, ...(name !== '' && { name }), input },
  } as const;
  const show = (answer: unknown) => {
    const { executionArn = '' } = answer as Wire<StartExecutionCommandOutput>;
    onClose();
    if (executionArn.includes(':execution:')) void navigate(executionPath(executionArn));
  };
  return (
    <CallDialog title={text('execution.start')} call={call} onClose={onClose} onDone={show} size="large">
      <FormField label={text('queues.name')} description={text('execution.name.about')}>
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label={text('execution.input')} stretch>
        <CodeEditor value={input} onChange={setInput} label={text('execution.input')} leastLines={6} mostLines={18} />
      </FormField>
    </CallDialog>
  );
}
