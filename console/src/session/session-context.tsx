import { createContext, type ReactNode, use, useSyncExternalStore } from 'react';
import type { Session } from '../worker/messages.ts';
import type { WorkerClient } from './worker-client.ts';

const WorkerContext = createContext<WorkerClient | undefined>(undefined);

export function SessionProvider({ worker, children }: { readonly worker: WorkerClient; readonly children: ReactNode }) {
  return <WorkerContext value={worker}>{children}</WorkerContext>;
}

/** The worker that holds the session, and makes every call. */
export function useWorker(): WorkerClient {
  const worker = use(WorkerContext);
  if (!worker) throw new Error('a component outside the session');
  return worker;
}

/** Who is signed in; undefined until that is known. */
export function useSession(): Session | undefined {
  const worker = useWorker();
  return useSyncExternalStore(worker.onSession, worker.session);
}

/** The region that this page is about. */
export function useRegion(): string | undefined {
  const worker = useWorker();
  return useSyncExternalStore(worker.onSession, worker.region);
}

/** Since when the server has not answered; undefined while it does. */
export function useGoneSince(): number | undefined {
  const worker = useWorker();
  return useSyncExternalStore(worker.onSession, worker.goneSince);
}
