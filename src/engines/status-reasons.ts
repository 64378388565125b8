import type { EndCause } from './contract.ts';

/** AWS's words for the attempt, by cause. A lost attempt has its own, with the host's id: `lostReason`. */
export const statusReasons: Record<Exclude<EndCause, 'lost'>, string> = {
  exited: 'Essential container in task exited',
  stopped: 'Task stopped by request',
  'failed-to-start': 'Task failed to start',
};

/** Whether an attempt ended because its host did. */
export function isLostReason(reason: string | undefined): boolean {
  return reason !== undefined && /^Host EC2 \(instance .*\) terminated\.$/.test(reason);
}

export function lostReason(instanceId: string): string {
  return `Host EC2 (instance ${instanceId}) terminated.`;
}
