import Grid from '@cloudscape-design/components/grid';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { useText } from '../../messages/text-context.tsx';
import { CodeEditor } from '../../views/code-editor/code-editor.tsx';
import { readJson } from '../../views/code-editor/json-places.ts';
import { Graph } from '../../views/graph/graph.tsx';
import { statesOf } from '../../views/states/definition-graph.ts';
import { useDefinitionGraph } from '../../views/states/use-definition-graph.ts';

/** The drawing, and the definition as it was sent; of one state only, once that is selected. */
export function MachineDefinition({ definition }: { readonly definition: string }) {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const selected = search.get('state') ?? undefined;
  const value = useMemo(() => {
    const reading = readJson(definition);
    return reading.kind === 'json' ? reading.value : undefined;
  }, [definition]);
  const level = useDefinitionGraph(value);
  const state = selected === undefined ? undefined : statesOf(value).get(selected);
  const select = (name: string) => {
    setSearch((now) => {
      const { state: before, ...rest } = Object.fromEntries(now);
      return new URLSearchParams(name === before ? rest : { ...rest, state: name });
    });
  };
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, l: 7 } }, { colspan: { default: 12, l: 5 } }]}>
      <Graph level={level} label={text('machine.graph')} selected={selected} onSelect={select} height={520} />
      <CodeEditor
        value={state ? JSON.stringify(state, undefined, 2) : definition}
        label={state ? text('machine.state', { name: selected ?? '' }) : text('machine.definition')}
      />
    </Grid>
  );
}
