import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { awsId } from '../../core/aws-id.ts';
import type { Arn, EpochMilliseconds } from '../../core/ids.ts';
import type { ManagedPolicyRow, ManagedPolicyTable } from './table-format.ts';

/** A policy that AWS manages: every account has it, and nobody can change it. */
export interface AwsManagedPolicy {
  readonly arn: Arn;
  readonly name: string;
  readonly path: string;
  /** AWS's own is not published: drawn from the ARN, so that it stays the same. */
  readonly id: string;
  readonly createdAt: EpochMilliseconds;
  readonly updatedAt: EpochMilliseconds;
  readonly defaultVersion: string;
  /** Documents by version: the default one, and earlier ones that are known. */
  readonly versions: Readonly<Record<string, string>>;
}

let policies: ReadonlyMap<string, AwsManagedPolicy> | undefined;

/** By ARN, and in that order. Read when they are first asked for. */
export function awsManagedPolicies(): ReadonlyMap<string, AwsManagedPolicy> {
  policies ??= new Map(
    readTable()
      .policies.map((row) => policyOf(row))
      .sort((one, other) => (one.arn < other.arn ? -1 : 1))
      .map((policy) => [policy.arn, policy]),
  );
  return policies;
}

/** One of them; undefined for any other ARN, which costs no reading. */
export function findAwsManagedPolicy(arn: string): AwsManagedPolicy | undefined {
  return arn.startsWith('arn:aws:iam::aws:policy/') ? awsManagedPolicies().get(arn) : undefined;
}

function readTable(): ManagedPolicyTable {
  const file = new URL('managed-policies.bin', import.meta.url);
  // A test reads it whole.
  return JSON.parse(brotliDecompressSync(readFileSync(file)).toString()) as ManagedPolicyTable;
}

function policyOf({ name, path, defaultVersion, createdAt, updatedAt, versions }: ManagedPolicyRow): AwsManagedPolicy {
  const arn = `arn:aws:iam::aws:policy${path}${name}` as Arn;
  const dates = { createdAt: Date.parse(createdAt), updatedAt: Date.parse(updatedAt) };
  return { arn, name, path, id: idOf(arn), ...dates, defaultVersion, versions };
}

function idOf(arn: string): string {
  const digest = createHash('sha256').update(arn).digest();
  return awsId('ANPA', digest.subarray(0, 17));
}
