import Grid from '@cloudscape-design/components/grid';
import { useMemo } from 'react';
import { summarize, type Visit } from '../../data/states/visit.ts';
import { useText } from '../../messages/text-context.tsx';
import { Graph } from '../../views/graph/graph.tsx';
import { useDefinitionGraph } from '../../views/states/use-definition-graph.ts';
import { SelectedState } from './selected-state.tsx';

interface ExecutionGraphProps {
  readonly definition: unknown;
  readonly visits: readonly Visit[];
  readonly selected: string | undefined;
  readonly onSelect: (state: string) => void;
}

/** The drawing with what became of each state, beside the data of the one that is selected. */
export function ExecutionGraph({ definition, visits, selected, onSelect }: ExecutionGraphProps) {
  const text = useText();
  const summaries = useMemo(() => summarize(visits), [visits]);
  const level = useDefinitionGraph(definition, summaries);
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, l: 7 } }, { colspan: { default: 12, l: 5 } }]}>
      <Graph level={level} label={text('machine.graph')} selected={selected} onSelect={onSelect} height={520} />
      <SelectedState key={selected} name={selected} visits={visits} />
    </Grid>
  );
}
