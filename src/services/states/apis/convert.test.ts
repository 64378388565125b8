import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Json, type JsonObject, parseResource } from '../../../asl/index.ts';
import { inputProblems } from './check-input.ts';
import { toServiceInput, toTaskOutput } from './convert.ts';
import { findIntegration } from './integration.ts';
import { readApi } from './table.ts';

async function integration(name: string) {
  const resource = parseResource(`arn:aws:states:::${name}`);
  const found = resource?.kind === 'service' && (await findIntegration(resource));
  return found || assert.fail(name);
}

test('parameters get the names of the API at every depth, and the keys of maps stay', async () => {
  const input = toServiceInput(await integration('batch:submitJob'), {
    JobName: 'J',
    Parameters: { InputFile: 'a', outputFile: 'b' },
    ContainerOverrides: { ResourceRequirements: [{ Type: 'VCPU', Value: '4' }] },
    EksPropertiesOverride: { PodProperties: { Metadata: { Labels: { 'My-Label': '1' } } } },
  });
  assert.deepEqual(input, {
    jobName: 'J',
    parameters: { InputFile: 'a', outputFile: 'b' },
    containerOverrides: { resourceRequirements: [{ type: 'VCPU', value: '4' }] },
    eksPropertiesOverride: { podProperties: { metadata: { labels: { 'My-Label': '1' } } } },
  });
  const rds = toServiceInput(await integration('aws-sdk:rds:describeDBInstances'), { DbInstanceIdentifier: 'd' });
  assert.deepEqual(rds, { DBInstanceIdentifier: 'd' });
});

test('null is absent', async () => {
  const given = { JobName: 'J', Parameters: { a: null, b: 'c' }, ContainerOverrides: null };
  const input = toServiceInput(await integration('batch:submitJob'), given);
  assert.deepEqual(input, { jobName: 'J', parameters: { b: 'c' } });
});

test('what takes any JSON is sent as its text, and text as it is', async () => {
  const events = await integration('events:putEvents');
  const entry = (Detail: Json) => toServiceInput(events, { Entries: [{ Detail, Source: 's' }] });
  assert.deepEqual(entry({ a: 1 }), { Entries: [{ Detail: '{"a":1}', Source: 's' }] });
  assert.deepEqual(entry('{"a": 1}'), { Entries: [{ Detail: '{"a": 1}', Source: 's' }] });
  const sns = await integration('sns:publish');
  assert.deepEqual(toServiceInput(sns, { Message: 7 }), { Message: '7' });
});

test('documents and maps keep their keys, __proto__ too', async () => {
  const sns = await integration('batch:submitJob');
  const given = JSON.parse('{"Parameters":{"__proto__":"x"}}') as Json;
  assert.equal(JSON.stringify(toServiceInput(sns, given)), '{"parameters":{"__proto__":"x"}}');
});

test('an output gets the names of definitions, times in the form of its integration, and what is absent stays absent', async () => {
  const jobs = (await readApi('batch', 'optimised'))?.operation('DescribeJobs')?.output;
  const output = {
    jobs: [{ jobName: 'j', parameters: { inputFile: 'a' }, container: { logStreamName: 'l', vcpus: undefined } }],
    newMember: new Date(1_500),
    aboutThat: { someBytes: new Uint8Array([1]) },
  };
  assert.deepEqual(toTaskOutput(output, jobs, 'milliseconds'), {
    Jobs: [{ JobName: 'j', Parameters: { inputFile: 'a' }, Container: { LogStreamName: 'l' } }],
    NewMember: 1_500,
    AboutThat: { SomeBytes: 'AQ==' },
  });
  assert.equal(toTaskOutput(new Date(2_000), undefined, 'iso'), '1970-01-01T00:00:02Z');
  assert.equal(toTaskOutput(undefined, jobs, 'iso'), null);
});

test('property: what the check takes is converted, member for member', async () => {
  const submit = await integration('batch:submitJob');
  const names = [...submit.input.members.keys(), 'Foo', 'jobName'];
  const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.object({ maxDepth: 1 }));
  const parameters = fc.dictionary(fc.constantFrom(...names), value as fc.Arbitrary<Json>);
  fc.assert(
    fc.property(parameters, (given: JsonObject) => {
      const present = Object.entries(given).filter(([, inner]) => inner !== null);
      const problems = inputProblems(submit, given);
      const unknown = Object.keys(given).filter((name) => !submit.input.members.has(name));
      for (const name of unknown)
        assert.ok(problems.includes(`The field "${name}" is not supported by Step Functions`));
      const sent = Object.keys(toServiceInput(submit, given) as JsonObject);
      assert.deepEqual(new Set(sent), new Set(present.map(([name]) => submit.input.members.get(name)?.name ?? name)));
    }),
  );
});
