import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@aws-sdk/client-scheduler';
import { schedulerBindings } from './bindings.ts';

type Traits = number | Readonly<Record<string, unknown>>;
/** The SDK's run-time schemas: kind, namespace, name, traits, names of members, their schemas. */
type StructureSchema = readonly [3, string, string, Traits, readonly string[], readonly unknown[]];
type OperationSchema = readonly [
  9,
  string,
  string,
  { readonly http: readonly [string, string, number] },
  () => StructureSchema,
];

const operations = Object.values(sdk).filter(
  (value) => Array.isArray(value) && value[0] === 9,
) as unknown as OperationSchema[];

test('every operation of the SDK is bound to the method and path that the SDK uses, and nothing else is', () => {
  const expected = operations.map(([, , name, { http }]) => [name, { method: http[0], path: http[1] }] as const);
  const bound = Object.entries(schedulerBindings).map(([name, { method, path }]) => [name, { method, path }] as const);
  assert.equal(expected.length, 12);
  assert.deepEqual(Object.fromEntries(bound), Object.fromEntries(expected));
});

test('members that the SDK puts into the query string are read from it by the name that it gives them', () => {
  const expected = operations.map(([, , name, , input]) => {
    const schema = typeof input === 'function' ? input() : input;
    const [, , , , members, schemas] = schema as StructureSchema;
    const inQuery = members.flatMap((member, index) => {
      const given = schemas[index];
      const { httpQuery } = (Array.isArray(given) ? (given[1] as { httpQuery?: string }) : {}) ?? {};
      return httpQuery === undefined ? [] : [[httpQuery, member] as const];
    });
    return [name, Object.fromEntries(inQuery)] as const;
  });
  const bound = Object.entries(schedulerBindings).map(([name, { query = {} }]) => {
    const members = Object.entries(query).map(([key, { member }]) => [key, member] as const);
    return [name, Object.fromEntries(members)] as const;
  });
  assert.ok(expected.flatMap(([, query]) => Object.keys(query)).length > 8);
  assert.deepEqual(Object.fromEntries(bound), Object.fromEntries(expected));
});
