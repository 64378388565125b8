import type { SimulationNews, SimulationOrder } from './order.ts';
import { simulateOrder } from './simulate-order.ts';

/** From one word of progress to the next, in ms. */
const interval = 100;

const scope = globalThis as unknown as {
  postMessage(news: SimulationNews): void;
  onmessage: ((event: MessageEvent<SimulationOrder>) => void) | null;
};

// Simulates one order. Whoever wants no more of it ends the worker.
scope.onmessage = ({ data }) => {
  let toldAt = Number.NEGATIVE_INFINITY;
  for (const news of simulateOrder(data)) {
    const isDue = news.kind !== 'progress' || performance.now() - toldAt >= interval;
    if (!isDue) continue;
    toldAt = performance.now();
    scope.postMessage(news);
  }
};
