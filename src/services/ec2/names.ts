import { formatArn, type Scope } from '../../core/arn.ts';
import type { RandomSource } from '../../core/random.ts';

/** What ids begin with, by the kind of resource that tags and ARNs name. */
export const idPrefixes = {
  vpc: 'vpc',
  subnet: 'subnet',
  'security-group': 'sg',
  'launch-template': 'lt',
  'key-pair': 'key',
  'placement-group': 'pg',
  'network-acl': 'acl',
  'route-table': 'rtb',
  instance: 'i',
} as const;
export type ResourceKind = keyof typeof idPrefixes;

/** A fresh id: `vpc-0` and 16 hexadecimal digits. */
export function newId(prefix: string, random: RandomSource): string {
  return `${prefix}-0${Buffer.from(random.bytes(8)).toString('hex')}`;
}

/** What kind of resource an id is one of, by how it begins. */
export function kindOfId(id: string): ResourceKind | undefined {
  const prefix = id.slice(0, id.lastIndexOf('-'));
  const found = Object.entries(idPrefixes).find(([, each]) => each === prefix);
  return found?.[0] as ResourceKind | undefined;
}

export function resourceArn(scope: Scope, kind: ResourceKind, id: string): string {
  return formatArn('ec2', scope, `${kind}/${id}`);
}

/** The zones that each region has here. */
export const zoneLetters = ['a', 'b', 'c'] as const;

/** `use1-az1` for `us-east-1a`: what the same zone is called in every account. */
export function zoneIdOf(zone: string): string {
  const [area = '', ...rest] = zone.slice(0, -1).split('-');
  const number = rest.at(-1) ?? '';
  const direction = rest.slice(0, -1).map(shortened).join('');
  return `${area}${direction}${number}-az${zone.charCodeAt(zone.length - 1) - 96}`;
}

/** `northeast` is `ne`. */
function shortened(direction: string): string {
  return direction.replace(/north|south|east|west|central|gov|iso[a-z]?/g, (word) => word.charAt(0));
}
