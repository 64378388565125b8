import { useEffect, useRef, useState } from 'react';
import { trustedScript } from '../api/trusted-script.ts';
import type { SimulationNews, SimulationOrder } from './order.ts';
import workerUrl from './simulation-worker.ts?worker&url';

/** Where a simulation is; undefined before the first. */
export type SimulationState = SimulationNews | { readonly kind: 'broken'; readonly message: string } | undefined;

export interface Simulations {
  readonly state: SimulationState;
  readonly isRunning: boolean;
  /** Begins another, in place of one that runs. */
  start(order: SimulationOrder): void;
  stop(): void;
}

/** Runs simulations, one at a time, in a worker of their own: the page stays quick, and the server has nothing to do with them. */
export function useSimulation(): Simulations {
  const worker = useRef<Worker>(undefined);
  const [state, setState] = useState<SimulationState>();
  const [isRunning, setRunning] = useState(false);
  const end = () => {
    worker.current?.terminate();
    worker.current = undefined;
    setRunning(false);
  };
  useEffect(() => () => worker.current?.terminate(), []);
  const start = (order: SimulationOrder) => {
    end();
    setState(undefined);
    setRunning(true);
    const started = new Worker(trustedScript(workerUrl), { type: 'module' });
    worker.current = started;
    started.onmessage = ({ data }: MessageEvent<SimulationNews>) => {
      setState(data);
      if (data.kind !== 'progress') end();
    };
    started.onerror = ({ message }) => {
      setState({ kind: 'broken', message });
      end();
    };
    started.postMessage(order);
  };
  return { state, isRunning, start, stop: end };
}
