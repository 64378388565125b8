import { useEffect, useRef, useState } from 'react';
import { trustedScript } from '../../api/trusted-script.ts';
import type { LayoutAnswer, LayoutQuestion } from './layout-worker.ts';
import workerUrl from './layout-worker.ts?worker&url';
import type { GraphLevel } from './level.ts';
import type { Placed } from './place.ts';

interface LayoutWorker {
  ask(question: Omit<LayoutQuestion, 'id'>, answered: (placed: Placed) => void): void;
  end(): void;
}

/**
 * Where everything in `level` stands; undefined until that is known. Laid out anew when the form of the level changes, not when only
 * statuses do: until then the last one stays.
 */
export function useLayout(level: GraphLevel, opened: ReadonlySet<string>): Placed | undefined {
  const [placed, setPlaced] = useState<Placed>();
  const worker = useRef<LayoutWorker>(undefined);
  useEffect(() => {
    worker.current = openLayoutWorker();
    return () => {
      worker.current?.end();
      worker.current = undefined;
    };
  }, []);
  const form = JSON.stringify({ level: formOf(level), opened: [...opened].sort() });
  useEffect(() => worker.current?.ask(JSON.parse(form), setPlaced), [form]);
  return placed;
}

/** What of a level decides where things stand. */
function formOf({ nodes, edges }: GraphLevel): GraphLevel {
  return {
    nodes: nodes.map(({ count: _count, status, inside, ...node }) => ({
      ...node,
      ...(status !== undefined && { status: 'waiting' as const }),
      ...(inside && { inside: inside.map(formOf) }),
    })),
    edges,
  };
}

/** Answers come in the order of the questions; only the last one's counts. */
function openLayoutWorker(): LayoutWorker {
  const worker = new Worker(trustedScript(workerUrl), { type: 'module', name: 'layout' });
  let last = 0;
  let hear: (placed: Placed) => void = () => undefined;
  worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
    if (data.id === last) hear(data.placed);
  };
  return {
    ask: (question, answered) => {
      hear = answered;
      worker.postMessage({ ...question, id: ++last } satisfies LayoutQuestion);
    },
    end: () => worker.terminate(),
  };
}
