import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { useWorker } from '../session/session-context.tsx';
import type { Live } from '../worker/messages.ts';
import { isStale, joined } from './stale.ts';

/** What has changed is read again at most this often. */
const interval = 1_000;
/** The region of what is the same in all of them. */
const everywhere = 'aws-global';

/** Whether the server tells what changes. */
export function useLive(): Live {
  const worker = useWorker();
  return useSyncExternalStore(worker.onLive, worker.live);
}

/** Reads what is on screen again when the server says that it has changed, and all of it when the server is back. Shows nothing. */
export function LiveAnswers() {
  const worker = useWorker();
  const queries = useQueryClient();
  useEffect(() => worker.onLive(() => worker.live() === 'live' && void queries.invalidateQueries()), [worker, queries]);
  useEffect(() => {
    let waiting: ReturnType<typeof joined> | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = () => {
      timer = undefined;
      if (!waiting) return;
      const changed = waiting;
      waiting = undefined;
      timer = setTimeout(read, interval);
      void queries.invalidateQueries({ predicate: ({ queryKey }) => isStale(queryKey, changed) });
    };
    const stop = worker.onChanged((changed) => {
      if (changed.region !== worker.region() && changed.region !== everywhere) return;
      waiting = joined(waiting, changed);
      if (timer === undefined) read();
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [worker, queries]);
  return null;
}
