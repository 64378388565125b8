import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import type { Json, JsonObject } from '../../../asl/index.ts';
import { pascalCase, toServiceInput, toTaskOutput } from './casing.ts';
import { mapMembers, shapeOf } from './shape.ts';

const schema = z.object({
  jobName: z.string(),
  parameters: z.record(z.string(), z.string()).optional(),
  containerOverrides: z
    .object({
      resourceRequirements: z.array(z.object({ type: z.string(), value: z.string() })).optional(),
      logConfiguration: z.object({ options: z.record(z.string(), z.string()) }).optional(),
    })
    .optional(),
  attributes: z.record(z.string(), z.object({ dataType: z.string() })).optional(),
  refused: z.custom<undefined>().optional(),
});

test('names lose their capital at every depth, and the keys of user maps do not', () => {
  const { input, problems } = toServiceInput(shapeOf(schema), {
    JobName: 'J',
    Parameters: { InputFile: 'a', outputFile: 'b' },
    ContainerOverrides: {
      ResourceRequirements: [{ Type: 'VCPU', Value: '4' }],
      LogConfiguration: { Options: { 'Max-Size': '1' } },
    },
    Attributes: { Colour: { DataType: 'String' } },
    Refused: { Size: 2 },
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(input, {
    jobName: 'J',
    parameters: { InputFile: 'a', outputFile: 'b' },
    containerOverrides: {
      resourceRequirements: [{ type: 'VCPU', value: '4' }],
      logConfiguration: { options: { 'Max-Size': '1' } },
    },
    attributes: { Colour: { dataType: 'String' } },
    refused: { size: 2 },
  });
});

test('a name that the service has not is told, wherever it stands, and so is one in camelCase', () => {
  const given = { jobName: 'J', ContainerOverrides: { ResourceRequirements: [{ Typ: 'VCPU' }] } };
  assert.deepEqual(toServiceInput(shapeOf(schema), given).problems, [
    "The field 'jobName' is not supported by Step Functions",
    "The field 'Typ' is not supported by Step Functions",
  ]);
});

test('null is absent', () => {
  const given = { JobName: 'J', Parameters: { a: null, b: 'c' }, ContainerOverrides: null };
  assert.deepEqual(toServiceInput(shapeOf(schema), given).input, { jobName: 'J', parameters: { b: 'c' } });
});

test('shapes are read through defaults, unions, pipes and schemas that hold themselves', () => {
  type Tree = { leafName?: string | undefined; children?: Tree[] | undefined };
  const tree: z.ZodType<Tree> = z.lazy(() =>
    z.object({ leafName: z.string().optional(), children: z.array(tree).optional() }),
  );
  const wrapped = z.object({
    treeRoot: tree.optional(),
    before: z.preprocess((value) => value, z.object({ innerName: z.string() })).default({ innerName: '' }),
    after: z.object({ innerName: z.string() }).transform(({ innerName }) => innerName),
    either: z.union([z.string(), z.object({ oneName: z.string() }), z.object({ otherName: z.string() })]),
  });
  const given = {
    TreeRoot: { Children: [{ LeafName: 'a', Children: [{ LeafName: 'b' }] }] },
    Before: { InnerName: '1' },
    After: { InnerName: '2' },
    Either: { OtherName: '3' },
  };
  assert.deepEqual(toServiceInput(shapeOf(wrapped), given), {
    input: {
      treeRoot: { children: [{ leafName: 'a', children: [{ leafName: 'b' }] }] },
      before: { innerName: '1' },
      after: { innerName: '2' },
      either: { otherName: '3' },
    },
    problems: [],
  });
});

const key = fc.string({ minLength: 1, maxLength: 8 });
const name = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,6}$/);

interface Sample {
  readonly schema: z.ZodType;
  /** What the service is to get. */
  readonly value: Json;
  /** The same as a definition has it. */
  readonly written: Json;
}

/** A schema, a value that fits it, and how the value is written in a definition. */
const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { maxDepth: 4 },
    fc.string().map((value): Sample => ({ schema: z.string(), value, written: value })),
    fc
      .dictionary(key, fc.string(), { noNullPrototype: true })
      .map((value): Sample => ({ schema: z.record(z.string(), z.string()), value, written: value })),
    fc.tuple(key, tie('sample')).map(
      ([of, { schema: inner, value, written }]): Sample => ({
        schema: z.record(z.string(), inner),
        value: Object.fromEntries([[of, value]]),
        written: Object.fromEntries([[of, written]]),
      }),
    ),
    tie('sample').map(
      ({ schema: inner, value, written }): Sample => ({ schema: z.array(inner), value: [value], written: [written] }),
    ),
    fc.uniqueArray(fc.tuple(name, tie('sample')), { selector: ([of]) => of, maxLength: 4 }).map(
      (members): Sample => ({
        schema: z.object(Object.fromEntries(members.map(([of, inner]) => [of, inner.schema.optional()]))),
        value: Object.fromEntries(members.map(([of, inner]) => [of, inner.value])),
        written: Object.fromEntries(members.map(([of, inner]) => [pascalCase(of), inner.written])),
      }),
    ),
  ),
}));

test('whatever the schema, members are renamed and the keys of maps are left alone', () => {
  fc.assert(
    fc.property(sample, ({ schema: of, value, written }) => {
      assert.deepEqual(toServiceInput(shapeOf(of), written), { input: value, problems: [] });
    }),
  );
});

test('an output gets its capitals, and a map of any input of the service keeps its keys', () => {
  const maps = mapMembers(shapeOf(schema));
  assert.deepEqual([...maps].sort(), ['attributes', 'options', 'parameters']);
  const output = {
    jobId: 'x',
    parameters: { inputFile: 'a' },
    container: { environment: [{ name: 'a', value: 'b' }], logConfiguration: { options: { maxSize: '1' } } },
    absent: undefined,
    bytes: new Uint8Array([1, 2]),
    startDate: new Date(1_000),
    stopDate: new Date(1_500),
  };
  const shown = {
    JobId: 'x',
    Parameters: { inputFile: 'a' },
    Container: { Environment: [{ Name: 'a', Value: 'b' }], LogConfiguration: { Options: { maxSize: '1' } } },
    Bytes: 'AQI=',
  };
  assert.deepEqual(toTaskOutput(output, maps, 'milliseconds'), { ...shown, StartDate: 1_000, StopDate: 1_500 });
  assert.deepEqual(toTaskOutput(output, maps, 'iso'), {
    ...shown,
    StartDate: '1970-01-01T00:00:01Z',
    StopDate: '1970-01-01T00:00:01.500Z',
  });
});

test("a user's map keeps any key, even one that JavaScript has a use for", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.oneof(key, fc.constantFrom('__proto__', 'constructor')), fc.string()), (map) => {
      const { input } = toServiceInput(shapeOf(schema), { JobName: 'J', Parameters: map });
      assert.deepEqual(Object.entries((input as JsonObject).parameters as JsonObject), Object.entries(map));
      const shown = toTaskOutput({ parameters: map }, new Set(['parameters']), 'iso') as JsonObject;
      assert.deepEqual(Object.entries(shown.Parameters as JsonObject), Object.entries(map));
    }),
  );
});
