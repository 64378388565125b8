import { Counter, type Registry } from 'prom-client';
import type { FactConsumer } from '../store/index.ts';

/** Counts the transitions of jobs at `/metrics`, by the status that they leave and reach. */
export function transitionMetrics(metrics: Registry): FactConsumer {
  const counter = new Counter({
    name: 'batchyard_job_transitions_total',
    help: 'Transitions of jobs, by status.',
    labelNames: ['from', 'to'],
    registers: [metrics],
  });
  return {
    name: 'metrics',
    deliver: (facts) => {
      for (const { fact, children } of facts) {
        if (fact.kind === 'job') counter.inc({ from: fact.from ?? 'none', to: fact.to }, children?.count ?? 1);
      }
    },
  };
}
