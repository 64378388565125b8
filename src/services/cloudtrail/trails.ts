import { isIPv4 } from 'node:net';
import { formatArn, parseArn, type Scope } from '../../core/arn.ts';
import type { Region } from '../../core/ids.ts';
import type { AccessRequest } from '../../core/operation.ts';
import { textOf } from '../../core/unvalidated.ts';
import type { Ledger } from '../../store/index.ts';
import { type TrailRecord, trailRecords } from './records.ts';
import { refuse, unknownTrail } from './refusals.ts';

/** As many as an account may have in a region. */
export const mostTrails = 5;

export function trailArn(scope: Scope, name: string): string {
  return formatArn('cloudtrail', scope, `trail/${name}`);
}

/** The ARN that a name or ARN means, for permissions. */
export function trailAccess(action: string, scope: Scope, given: unknown): readonly AccessRequest[] {
  const text = textOf(given) ?? '*';
  return [{ action: `cloudtrail:${action}`, resource: text.startsWith('arn:') ? text : trailArn(scope, text) }];
}

/** Refuses a name that no trail may have. */
export function checkTrailName(name: string): void {
  const bad = (why: string) => refuse('InvalidTrailNameException', `Trail name ${why}`);
  if (name.length < 3) bad('too short. Minimum allowed length: 3 characters.');
  if (name.length > 128) bad('too long. Maximum allowed length: 128 characters.');
  if (!/^[\w.-]+$/.test(name)) bad('must contain only letters, numbers, periods, underscores and dashes.');
  if (!/^[A-Za-z0-9].*[A-Za-z0-9]$/.test(name)) bad('must start and end with a letter or number.');
  if (/[._-]{2}/.test(name)) bad('must not have adjacent periods, underscores or dashes.');
  if (isIPv4(name)) bad('must not be in IP address format.');
}

/** Names differ by more than their case, also within a region. */
export function trailNamed(ledger: Ledger, scope: Scope, name: string): TrailRecord | undefined {
  return ledger.get(trailRecords, scope, name);
}

/**
 * The trail that a name of this region, or an ARN, means. Trails of all regions are seen in every region by name too.
 */
export function findTrail(ledger: Ledger, scope: Scope, given: string): TrailRecord | undefined {
  if (!given.startsWith('arn:')) {
    checkTrailName(given);
    return trailNamed(ledger, scope, given) ?? trailsOf(ledger, scope).find(isShadow(scope, given));
  }
  const { account, region, service, resource = '' } = parseArn(given) ?? {};
  const name = /^trail\/(.+)$/.exec(resource)?.[1];
  if (service !== 'cloudtrail' || name === undefined) refuse('CloudTrailARNInvalidException', `Invalid ARN: ${given}`);
  return account === scope.account ? trailNamed(ledger, { ...scope, region: region as Region }, name) : undefined;
}

function isShadow({ region }: Scope, name: string) {
  return (trail: TrailRecord) => trail.name === name && trail.multiRegion && trail.region !== region;
}

export function requireTrail(ledger: Ledger, scope: Scope, given: string): TrailRecord {
  return findTrail(ledger, scope, given) ?? unknownTrail(given);
}

/** A trail that this region may change. */
export function requireOwnTrail(ledger: Ledger, scope: Scope, given: string): TrailRecord {
  const trail = requireTrail(ledger, scope, given);
  if (trail.region !== scope.region)
    refuse('InvalidHomeRegionException', `The trail ${trail.name} can be changed in ${trail.region} alone, its home.`);
  return trail;
}

/** All trails of an account, wherever they live, by region and name. */
export function trailsOf(ledger: Ledger, { account }: Scope): readonly TrailRecord[] {
  return ledger
    .scopes(trailRecords)
    .filter((scope) => scope.account === account)
    .sort((one, other) => (one.region < other.region ? -1 : 1))
    .flatMap((scope) => [...ledger.by(trailRecords, scope, 'name')]);
}
