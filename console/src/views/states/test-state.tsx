import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useAct } from '../../data/use-act.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../aws-line.tsx';
import { CodeEditor } from '../code-editor/code-editor.tsx';
import { Failure } from '../failure.tsx';
import { type TestedState, TestOutcome } from './test-outcome.tsx';

interface TestStateProps {
  readonly definition: string;
  readonly states: readonly string[];
  readonly state: string | undefined;
  readonly onState: (name: string) => void;
  readonly roleArn: string;
}

/** Tries one state of a definition as it is written now: with a mock, or really calling what it calls. */
export function TestState({ definition, states, state = states[0], onState, roleArn }: TestStateProps) {
  const text = useText();
  const act = useAct();
  const [input, setInput] = useState('{}');
  const [mock, setMock] = useState('');
  const call = {
    service: 'states',
    operation: 'TestState',
    input: {
      definition,
      stateName: state,
      input,
      inspectionLevel: 'DEBUG',
      // A mock needs no role, and takes none.
      ...(mock.trim() === '' ? { ...(roleArn !== '' && { roleArn }) } : { mock: { result: mock } }),
    },
  } as const;
  return (
    <ExpandableSection headerText={text('test-state.title')} variant="container">
      <SpaceBetween size="m">
        <FormField label={text('test-state.state')}>
          <Select
            selectedOption={state === undefined ? null : { value: state }}
            options={states.map((value) => ({ value }))}
            onChange={({ detail }) => onState(detail.selectedOption.value ?? '')}
          />
        </FormField>
        <FormField label={text('test-state.input')}>
          <CodeEditor value={input} onChange={setInput} label={text('test-state.input')} />
        </FormField>
        <FormField label={text('test-state.mock')} description={text('test-state.mock.about')}>
          <CodeEditor value={mock} onChange={setMock} label={text('test-state.mock')} />
        </FormField>
        <AwsLine call={call} />
        <Button loading={act.isPending} disabled={state === undefined} onClick={() => act.mutate(call)}>
          {text('test-state.test')}
        </Button>
        {act.error && <Failure error={act.error} />}
        {act.data !== undefined && <TestOutcome tested={act.data as TestedState} />}
      </SpaceBetween>
    </ExpandableSection>
  );
}
