import type { AccountId } from '../../core/ids.ts';
import type { AccessRequest, AccessRequests } from '../../core/operation.ts';
import { givenTagConditions } from '../../core/tags.ts';
import { structuresOf, textOf, textsOf } from '../../core/unvalidated.ts';
import { type EntityKind, entityArn } from './arns.ts';

/** The ARN that something new will have. */
export function newArn(kind: EntityKind, path: unknown, name: unknown, account: AccountId): string {
  return entityArn(kind, { account, path: textOf(path) ?? '/', name: textOf(name) ?? '*' });
}

interface Asked {
  readonly Tags?: unknown;
  readonly PermissionsBoundary?: unknown;
}

/** Of what is made with tags and a boundary. */
export function createConditions({ Tags, PermissionsBoundary }: Asked): NonNullable<AccessRequest['conditions']> {
  return { ...givenTagConditions(Tags), ...boundaryCondition(PermissionsBoundary) };
}

export function boundaryCondition(boundary: unknown): Readonly<Record<string, string>> {
  const arn = textOf(boundary);
  return arn === undefined ? {} : { 'iam:PermissionsBoundary': arn };
}

export function policyCondition(policyArn: unknown): Readonly<Record<string, string>> {
  const arn = textOf(policyArn);
  return arn === undefined ? {} : { 'iam:PolicyARN': arn };
}

/** What is made with tags needs the permission to tag it. */
export function taggedBy(action: string) {
  return ({ Tags }: Asked, resource: string): AccessRequests => {
    if (structuresOf(Tags).length === 0) return [];
    return [{ action: `iam:${action}`, resource, conditions: givenTagConditions(Tags) }];
  };
}

/** Of tags that are put on what is there, and taken off. */
export function tagging({ Tags }: { readonly Tags?: unknown }) {
  return givenTagConditions(Tags);
}

export function untagging({ TagKeys }: { readonly TagKeys?: unknown }) {
  return { 'aws:TagKeys': textsOf(TagKeys) };
}
