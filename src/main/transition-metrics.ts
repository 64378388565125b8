import { Counter, type Registry } from 'prom-client';
import type { TransitionConsumer } from '../store/index.ts';

/** Counts the transitions of jobs at `/metrics`, by the status that they leave and reach. */
export function transitionMetrics(metrics: Registry): TransitionConsumer {
  const counter = new Counter({
    name: 'batchyard_job_transitions_total',
    help: 'Transitions of jobs, by status.',
    labelNames: ['from', 'to'],
    registers: [metrics],
  });
  return {
    name: 'metrics',
    deliver: (transitions) => {
      for (const { from = 'none', to } of transitions) counter.inc({ from, to });
    },
  };
}
