import { createHash } from 'node:crypto';

/**
 * A rule whose target leads to what the rule matches would go on for ever: AWS warns of that and lets it. Here an event that so many
 * targets have led to, one after the other, goes to none any more.
 */
export const deepestEvent = 16;

function digest(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** The session in which a job is submitted for an event: its name is kept with the job, and tells how deep its own events are. */
export function targetSession(eventId: string, depth: number): string {
  return `EventBridge-d${depth}-${digest(eventId, depth).slice(0, 24)}`;
}

/** How many targets have led to what a principal did: none unless it was such a session. */
export function depthOfPrincipal(arn: string | undefined): number {
  const [, depth] = /\/EventBridge-d(\d{1,2})-[0-9a-f]{24}$/.exec(arn ?? '') ?? [];
  return depth === undefined ? 0 : Number(depth);
}

/** The name of the execution that an event leads to: the event's id and, as AWS has it, another such. Always the same of a delivery. */
export function executionName(eventId: string, depth: number, delivery: string): string {
  const own = digest(delivery).slice(0, 16);
  const level = depth.toString(16).padStart(2, '0');
  const hex = `${own}${level}${digest(eventId, own, depth).slice(0, 14)}`;
  return `${eventId}_${[8, 12, 16, 20, 32].map((end, at) => hex.slice([0, 8, 12, 16, 20][at], end)).join('-')}`;
}

/** How many targets have led to an execution, as its name tells. */
export function depthOfExecution(name: string): number {
  const [eventId = '', second = ''] = name.split('_');
  const hex = second.replaceAll('-', '');
  if (hex.length !== 32) return 0;
  const depth = Number.parseInt(hex.slice(16, 18), 16);
  return digest(eventId, hex.slice(0, 16), depth).slice(0, 14) === hex.slice(18) ? depth : 0;
}
