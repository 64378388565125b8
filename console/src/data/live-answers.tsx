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
    let isReading = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // One round after another: a new one breaks off what the last still reads, and nothing slow would ever be read.
    const read = async () => {
      const changed = waiting;
      if (isReading || timer !== undefined || !changed) return;
      waiting = undefined;
      isReading = true;
      await queries.invalidateQueries({ predicate: ({ queryKey }) => isStale(queryKey, changed) });
      isReading = false;
      if (isOver) return;
      timer = setTimeout(() => {
        timer = undefined;
        void read();
      }, interval);
    };
    let isOver = false;
    const stop = worker.onChanged((changed) => {
      if (changed.region !== worker.region() && changed.region !== everywhere) return;
      waiting = joined(waiting, changed);
      void read();
    });
    return () => {
      isOver = true;
      stop();
      clearTimeout(timer);
    };
  }, [worker, queries]);
  return null;
}
