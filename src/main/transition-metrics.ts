import { Counter, type Registry } from 'prom-client';
import type { FactConsumer, JobFact } from '../store/index.ts';

interface Transitions {
  readonly labels: { readonly from: string; readonly to: string };
  count: number;
}

/**
 * Counts the transitions of jobs at `/metrics`, by the status that they leave and reach. Numbers are given to the registry
 * when it is scraped: its own counters hash their labels on every call, and every submission makes two.
 */
export function transitionMetrics(metrics: Registry): FactConsumer {
  const counted = new Map<string, Map<string, Transitions>>();
  new Counter({
    name: 'batchyard_job_transitions_total',
    help: 'Transitions of jobs, by status.',
    labelNames: ['from', 'to'],
    registers: [metrics],
    collect() {
      this.reset();
      for (const byTo of counted.values()) for (const { labels, count } of byTo.values()) this.inc(labels, count);
    },
  });
  return {
    name: 'metrics',
    deliver: (facts) => {
      for (const { fact, children } of facts) {
        if (fact.kind === 'job') transitionsOf(counted, fact).count += children?.count ?? 1;
      }
    },
  };
}

function transitionsOf(counted: Map<string, Map<string, Transitions>>, fact: JobFact): Transitions {
  const { to } = fact;
  const from = fact.from ?? 'none';
  const byTo = counted.get(from) ?? new Map<string, Transitions>();
  const transitions = byTo.get(to) ?? { labels: { from, to }, count: 0 };
  if (transitions.count === 0) counted.set(from, byTo.set(to, transitions));
  return transitions;
}
