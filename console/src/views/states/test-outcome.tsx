import type { TestStateCommandOutput } from '@aws-sdk/client-sfn';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Wire } from '../../data/use-call.ts';
import { useText } from '../../messages/text-context.tsx';
import { DataText } from './data-text.tsx';
import { ExecutionStatusMark } from './execution-status.tsx';

export type TestedState = Wire<TestStateCommandOutput>;

/** How a state that was tried ended, and its data on the way there. */
export function TestOutcome({ tested }: { readonly tested: TestedState }) {
  const text = useText();
  const { status, nextState, error, cause, output, inspectionData } = tested;
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={4}
        items={[
          { label: text('executions.status'), value: <ExecutionStatusMark status={status} /> },
          { label: text('test-state.next'), value: nextState ?? '–' },
          { label: text('execution.error'), value: error ?? '–' },
          { label: text('execution.cause'), value: cause ?? '–' },
        ]}
      />
      <DataText label={text('execution.output')} value={output} />
      <DataText label={text('test-state.inspection')} value={JSON.stringify(inspectionData)} />
    </SpaceBetween>
  );
}
