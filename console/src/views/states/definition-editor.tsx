import type { StateMachineType } from '@aws-sdk/client-sfn';
import Grid from '@cloudscape-design/components/grid';
import { useMemo, useState } from 'react';
import { useValidation } from '../../data/states/machines.ts';
import { useSettled } from '../../data/use-settled.ts';
import { useText } from '../../messages/text-context.tsx';
import { CodeEditor } from '../code-editor/code-editor.tsx';
import { readJson } from '../code-editor/json-places.ts';
import { marksOf } from '../code-editor/mark.ts';
import { Graph } from '../graph/graph.tsx';
import { useDefinitionGraph } from './use-definition-graph.ts';

interface DefinitionEditorProps {
  readonly value: string;
  readonly type: StateMachineType;
  readonly onChange: (value: string) => void;
  /** A state was chosen in the drawing. */
  readonly selected: string | undefined;
  readonly onSelect: (state: string) => void;
}

/** A definition as it is written, what the service finds wrong with it once the typing pauses, and its drawing. */
export function DefinitionEditor({ value, type, onChange, selected, onSelect }: DefinitionEditorProps) {
  const text = useText();
  const settled = useSettled(value);
  const { data } = useValidation(settled, type);
  const marks = useMemo(() => {
    const problems = (data?.diagnostics ?? []).map(({ location, severity, code, message }) => ({
      pointer: location,
      severity: severity === 'WARNING' ? ('warning' as const) : ('error' as const),
      message: `${code}: ${message}`,
    }));
    return marksOf(settled, problems, text('code.not-json'));
  }, [data, settled, text]);
  const level = useDefinitionGraph(useLastJson(settled));
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, l: 7 } }, { colspan: { default: 12, l: 5 } }]}>
      <CodeEditor
        value={value}
        onChange={onChange}
        label={text('machine.definition')}
        marks={marks}
        leastLines={12}
        mostLines={32}
      />
      <Graph level={level} label={text('machine.graph')} selected={selected} onSelect={onSelect} height={520} />
    </Grid>
  );
}

/** What the text last was while it was JSON: a bracket that is not closed yet does not empty the drawing. */
function useLastJson(text: string): unknown {
  const reading = useMemo(() => readJson(text), [text]);
  const [last, setLast] = useState<unknown>();
  if (reading.kind === 'fault' || reading.value === last) return last;
  setLast(reading.value);
  return reading.value;
}
