import type { EndCause } from './contract.ts';

/** AWS's words for the attempt, by cause. A lost attempt has its own, with the host's id: `lostReason`. */
export const statusReasons: Record<Exclude<EndCause, 'lost'>, string> = {
  exited: 'Essential container in task exited',
  stopped: 'Task stopped by request',
  'failed-to-start': 'Task failed to start',
};

export function lostReason(instanceId: string): string {
  return `Host EC2 (instance ${instanceId}) terminated.`;
}
