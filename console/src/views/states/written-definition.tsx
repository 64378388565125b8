import type { StateMachineType } from '@aws-sdk/client-sfn';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { readJson } from '../code-editor/json-places.ts';
import { DefinitionEditor } from './definition-editor.tsx';
import { statesOf } from './definition-graph.ts';
import type { MachineDraft } from './machine-draft.ts';
import { TestState } from './test-state.tsx';

interface WrittenDefinitionProps {
  readonly draft: MachineDraft;
  readonly type: StateMachineType;
  readonly onChange: (definition: string) => void;
}

/** The definition's editor, and below it the way to try a state of it: that which is selected in the drawing. */
export function WrittenDefinition({ draft: { definition, roleArn }, type, onChange }: WrittenDefinitionProps) {
  const [selected, select] = useState<string>();
  const states = useMemo(() => {
    const reading = readJson(definition);
    return reading.kind === 'json' ? [...statesOf(reading.value).keys()] : [];
  }, [definition]);
  const state = selected !== undefined && states.includes(selected) ? selected : undefined;
  return (
    <SpaceBetween size="m">
      <DefinitionEditor value={definition} type={type} onChange={onChange} selected={state} onSelect={select} />
      <TestState definition={definition} states={states} state={state} onState={select} roleArn={roleArn} />
    </SpaceBetween>
  );
}
