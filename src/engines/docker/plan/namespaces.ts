import type { SharedWith } from '../../contract.ts';
import type { TaskRecord } from '../task/task-record.ts';

/** Docker's words for what a container shares: `host`, `container:ID`; `private`, or nothing, if it is its own. */
export interface Namespaces {
  readonly NetworkMode: string;
  readonly IpcMode: string;
  readonly PidMode?: string;
}

/** What the containers of a task share, with what holds it for them if that is the task's. */
export function namespacesOf({ ipc, pid }: TaskRecord, networkMode: string, holder: string): Namespaces {
  const modeOf = (shared: SharedWith) => (shared === 'host' ? 'host' : `container:${holder}`);
  return {
    NetworkMode: networkMode,
    // A daemon may be told to share where nothing is said.
    IpcMode: ipc ? modeOf(ipc) : 'private',
    ...(pid ? { PidMode: modeOf(pid) } : {}),
  };
}
