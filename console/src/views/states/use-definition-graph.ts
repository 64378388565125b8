import { useMemo } from 'react';
import type { StateSummary } from '../../data/states/visit.ts';
import { useText } from '../../messages/text-context.tsx';
import type { GraphLevel } from '../graph/level.ts';
import { definitionGraph, withStatus } from './definition-graph.ts';

/** The graph of a definition in the page's language, with what became of its states where that is given. */
export function useDefinitionGraph(definition: unknown, summaries?: ReadonlyMap<string, StateSummary>): GraphLevel {
  const text = useText();
  const level = useMemo(() => {
    const words = { start: text('states.start'), end: text('states.end'), otherwise: text('states.otherwise') };
    return definitionGraph(definition, words);
  }, [definition, text]);
  return useMemo(() => (summaries ? withStatus(level, summaries) : level), [level, summaries]);
}
