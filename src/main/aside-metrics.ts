import { Counter, type Registry } from 'prom-client';
import type { OnAside } from '../store/index.ts';

/** Counts at `/metrics` the facts that a consumer could not take: what was set aside, less the rest, is still tried. */
export function asideMetrics(metrics: Registry): OnAside {
  const counter = new Counter({
    name: 'batchyard_facts_set_aside_total',
    help: 'Facts that a consumer could not take: set aside, then taken after all, given up, or dropped with the consumer.',
    labelNames: ['consumer', 'event'],
    registers: [metrics],
  });
  return (consumer, event, count) => counter.inc({ consumer, event }, count);
}
