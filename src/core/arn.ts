import type { AccountId, Arn, Region } from './ids.ts';

/** The parts of `arn:partition:service:region:account:resource`. `resource` keeps its own colons and slashes. */
export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Where a resource lives: all keys and indexes begin with these two. */
export interface Scope {
  readonly account: AccountId;
  readonly region: Region;
}

/** The account and region of what has them beside other things: what records and reads are keyed by. */
export function scopeOf({ account, region }: Scope): Scope {
  return { account, region };
}

/** Splits an ARN, or answers undefined when `text` is none. */
export function parseArn(text: string): ArnParts | undefined {
  const [prefix, partition, service, region, account, ...resource] = text.split(':');
  if (prefix !== 'arn' || !partition || !service || region === undefined || account === undefined) return undefined;
  if (resource.length === 0 || resource[0] === '') return undefined;
  return { partition, service, region, account, resource: resource.join(':') };
}

/** What people call the resource of an ARN: what comes after the last slash. */
export function nameOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** The partition that AWS puts a region in: `aws-cn`, `aws-us-gov`, else `aws`. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Builds the ARN of `resource` of `service` in a scope, e.g. `arn:aws:batch:us-east-1:123456789012:job-queue/q`. */
export function formatArn(service: string, scope: Scope, resource: string): Arn {
  return `arn:${partitionOf(scope.region)}:${service}:${scope.region}:${scope.account}:${resource}` as Arn;
}
