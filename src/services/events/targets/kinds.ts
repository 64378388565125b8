import { parseArn } from '../../../core/arn.ts';

/** What a target can be. */
export const targetKinds = ['batch', 'states', 'sns', 'sqs', 'lambda', 'logs', 'bus', 'http'] as const;
export type TargetKind = (typeof targetKinds)[number];

interface KindRules {
  readonly matches: (service: string, resource: string) => boolean;
  /** EventBridge calls it as a role that the target names. */
  readonly needsRole: boolean;
}

export const kindRules: Readonly<Record<TargetKind, KindRules>> = {
  batch: { matches: (service, resource) => service === 'batch' && resource.startsWith('job-queue/'), needsRole: true },
  states: {
    matches: (service, resource) => service === 'states' && resource.startsWith('stateMachine:'),
    needsRole: true,
  },
  sns: { matches: (service, resource) => service === 'sns' && !resource.includes(':'), needsRole: false },
  sqs: { matches: (service, resource) => service === 'sqs' && !resource.includes(':'), needsRole: false },
  lambda: {
    matches: (service, resource) => service === 'lambda' && resource.startsWith('function:'),
    needsRole: false,
  },
  logs: { matches: (service, resource) => service === 'logs' && resource.startsWith('log-group:'), needsRole: false },
  http: {
    matches: (service, resource) => service === 'events' && resource.startsWith('api-destination/'),
    needsRole: true,
  },
  // Of another bus of the same account AWS asks for a role too, but takes those without one that are older.
  bus: { matches: (service, resource) => service === 'events' && resource.startsWith('event-bus/'), needsRole: false },
};

/** What the ARN of a target names; undefined if that cannot be one here. */
export function targetKind(arn: string): TargetKind | undefined {
  const parts = parseArn(arn);
  return parts && targetKinds.find((kind) => kindRules[kind].matches(parts.service, parts.resource));
}
