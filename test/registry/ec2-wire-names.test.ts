import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '@aws-sdk/client-ec2';
import { ec2Result, readEc2Form } from '../../src/gateway/ec2-query.ts';
import { Ec2Bench } from '../../src/services/ec2/ec2.fixture.ts';
import { wireNames } from '../../src/services/ec2/wire-names.ts';

/** A run-time schema of the SDK: a number, or an array whose first element says which kind it is. */
type Schema = number | readonly unknown[] | (() => Schema);

interface Traits {
  readonly xmlName?: string;
  readonly ec2QueryName?: string;
}

const kinds = { list: 1, structure: 3, operation: 9, listOfSimple: 64 } as const;

/** The schema behind references and traits. */
function resolve(reference: Schema): Schema {
  if (typeof reference === 'function') return resolve(reference());
  if (!Array.isArray(reference)) return reference;
  if (typeof reference[0] === 'function') return resolve(reference[0] as Schema);
  return reference.length === 2 ? resolve(reference[0] as Schema) : reference;
}

function traitsOf(reference: Schema): Traits {
  const traits = Array.isArray(reference) && reference.length === 2 ? reference[1] : undefined;
  return typeof traits === 'object' && traits !== null ? (traits as Traits) : {};
}

/** One field on its way from the SDK's names to the wire's. */
interface Step {
  readonly name: string;
  readonly traits: Traits;
  readonly isList: boolean;
  /** What an entry is called, of a list. */
  readonly entry: string;
}

/** Every field below a schema; what contains itself is listed once. */
function* fieldsOf(
  reference: Schema,
  path: readonly Step[] = [],
  above: readonly unknown[] = [],
): Generator<readonly Step[]> {
  const schema = resolve(reference);
  if (!Array.isArray(schema) || above.includes(schema)) return;
  if (schema[0] === kinds.list) {
    yield* fieldsOf(schema[4] as Schema, path, [...above, schema]);
    return;
  }
  if (schema[0] !== kinds.structure) return;
  const members = schema[5] as readonly Schema[];
  for (const [index, name] of (schema[4] as readonly string[]).entries()) {
    const member = members[index] as Schema;
    const inner = resolve(member);
    const list = Array.isArray(inner) && inner[0] === kinds.list ? inner : undefined;
    const isList = list !== undefined || (typeof inner === 'number' && inner >= kinds.listOfSimple);
    const entry = (list && traitsOf(list[4] as Schema).xmlName) ?? 'item';
    const step = { name, traits: traitsOf(member), isList, entry };
    yield [...path, step];
    yield* fieldsOf(member, [...path, step], [...above, schema]);
  }
}

/** How the model names a parameter. */
function parameterOf(path: readonly Step[]): string {
  return path
    .map(({ name, traits: { ec2QueryName, xmlName }, isList }) => {
      const wire = ec2QueryName ?? (xmlName && xmlName.charAt(0).toUpperCase() + xmlName.slice(1)) ?? name;
      return isList ? `${wire}.1` : wire;
    })
    .join('.');
}

/** How it names a result. */
function elementOf([step, ...rest]: readonly Step[]): string {
  if (!step) return 'x';
  const wire = step.traits.xmlName ?? step.name;
  const inside = elementOf(rest);
  return `<${wire}>${step.isList ? `<${step.entry}>${inside}</${step.entry}>` : inside}</${wire}>`;
}

/** The same by the SDK's names. */
function valueAt([step, ...rest]: readonly Step[]): unknown {
  if (!step) return 'x';
  const inside = valueAt(rest);
  return { [step.name]: step.isList ? [inside] : inside };
}

type OperationSchema = readonly [
  kind: number,
  namespace: string,
  name: string,
  traits: unknown,
  input: Schema,
  output: Schema,
];

const exported: readonly unknown[] = Object.values(sdk);
const operations = exported.filter(
  (value): value is OperationSchema => Array.isArray(value) && value[0] === kinds.operation,
);
await using bench = await Ec2Bench.open();
const { operations: own } = bench.service;
const built = operations.filter(([, , name]) => own[name as keyof typeof own].kind === 'operation');

test('every parameter of the operations that are built is read by the name that the SDK sends', () => {
  let fields = 0;
  for (const [, , operation, , input] of built) {
    for (const path of fieldsOf(input)) {
      const form = `${parameterOf(path)}=x`;
      const reading = readEc2Form(form, { depth: 20, values: 100 }, wireNames);
      assert.ok(reading.kind === 'input');
      assert.deepEqual(JSON.parse(JSON.stringify(reading.input)), valueAt(path), `${operation} ${form}`);
      fields += 1;
    }
  }
  assert.ok(built.length > 35 && fields > 500, `${built.length} operations, ${fields} fields`);
});

/** What no operation answers with here. */
const unanswered = /^(UnsuccessfulItems|Warning|SecurityGroupRules|UnknownIpPermissions|RevokedSecurityGroupRules)$/;

test('every result of the operations that are built is written by the name that the SDK reads', () => {
  let fields = 0;
  for (const [, , operation, , , output] of built) {
    for (const path of fieldsOf(output)) {
      if (path.some(({ name }) => unanswered.test(name)) || operation === 'DescribeNetworkInterfaces') continue;
      if (operation === 'DescribeInstances' && path.some(({ name }) => /Interfaces$/.test(name))) continue;
      assert.equal(ec2Result(valueAt(path) as object, wireNames), elementOf(path), operation);
      fields += 1;
    }
  }
  assert.ok(fields > 500, `${fields} fields`);
});
