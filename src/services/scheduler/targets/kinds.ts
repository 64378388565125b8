import { parseArn } from '../../../core/arn.ts';

/** What a schedule can call: operations that AWS has templates for, and any other by its name. */
export type TargetKind = 'sqs' | 'sns' | 'states' | 'bus' | 'lambda' | 'universal';

interface KindRule {
  readonly kind: TargetKind;
  readonly matches: (service: string, resource: string) => boolean;
}

const rules: readonly KindRule[] = [
  { kind: 'sqs', matches: (service, resource) => service === 'sqs' && !resource.includes(':') },
  { kind: 'sns', matches: (service, resource) => service === 'sns' && !resource.includes(':') },
  { kind: 'states', matches: (service, resource) => service === 'states' && resource.startsWith('stateMachine:') },
  { kind: 'bus', matches: (service, resource) => service === 'events' && resource.startsWith('event-bus/') },
  { kind: 'lambda', matches: (service, resource) => service === 'lambda' && resource.startsWith('function:') },
  { kind: 'universal', matches: (service, resource) => service === 'scheduler' && resource.startsWith('aws-sdk:') },
];

/** What the ARN of a target names; undefined if that cannot be one here. */
export function targetKind(arn: string): TargetKind | undefined {
  const parts = parseArn(arn);
  return parts && rules.find(({ matches }) => matches(parts.service, parts.resource))?.kind;
}
