import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { defineOperation, type ServiceDefinition, unbuilt, type WireNames } from '../core/operation.ts';
import { ec2Result, readEc2Form } from './ec2-query.ts';
import { rootKey, startGateway } from './gateway.fixture.ts';
import { OperationRegistry } from './operation-registry.ts';

const names: WireNames = {
  lists: { Filter: 'Filters', Value: 'Values', VpcId: 'VpcIds', Groups: 'Pairs', 'Card.VpcId': 'Homes' },
  parameters: { GroupDescription: 'Description' },
  results: { Vpcs: 'vpcSet', 'Zones.State': 'zoneState', Tags: 'tagSet' },
  entries: { Groups: 'groupId' },
};

const read = (form: string) => {
  const reading = readEc2Form(form, { depth: 8, values: 100 }, names);
  return reading.kind === 'input' ? JSON.parse(JSON.stringify(reading.input)) : reading.message;
};

test('numbered parameters are lists by the name of one entry, and a scalar of that name stays itself', () => {
  assert.deepEqual(
    read('Action=DescribeVpcs&Version=2016-11-15&Filter.1.Name=a&Filter.1.Value.1=b&Filter.1.Value.2=c'),
    {
      Filters: [{ Name: 'a', Values: ['b', 'c'] }],
    },
  );
  assert.deepEqual(read('VpcId=v&Tag.1.Value=x&GroupDescription=d'), {
    VpcId: 'v',
    Tag: [{ Value: 'x' }],
    Description: 'd',
  });
  assert.deepEqual(read('VpcId.2=b&VpcId.10=c&VpcId.1=a'), { VpcIds: ['a', 'b', 'c'] });
});

test('the parameter around a list may say what it is called', () => {
  assert.deepEqual(read('Card.1.VpcId.1=v&VpcId.1=w'), { Card: [{ Homes: ['v'] }], VpcIds: ['w'] });
});

test('parameters that contradict each other are refused, and no name reaches a prototype', () => {
  assert.match(read('VpcId=v&VpcId.1=w'), /contradicts/);
  const reading = readEc2Form('__proto__.1=x&constructor=y', { depth: 8, values: 100 }, names);
  assert.ok(reading.kind === 'input');
  assert.deepEqual(Object.keys(reading.input).sort(), ['__proto__', 'constructor']);
  assert.equal(({} as Record<string, unknown>)['1'], undefined);
});

test('members of results have small first letters, lists entries, and names of their own where the service says so', () => {
  const result = {
    Vpcs: [{ VpcId: 'v', Tags: [] }],
    Zones: [{ State: 'up' }],
    State: 'down',
    Groups: ['g'],
    At: new Date(0),
    Nothing: undefined,
    Text: '<&',
  };
  assert.equal(
    ec2Result(result, names),
    '<vpcSet><item><vpcId>v</vpcId><tagSet></tagSet></item></vpcSet><zones><item><zoneState>up</zoneState></item></zones>' +
      '<state>down</state><groups><groupId>g</groupId></groups><at>1970-01-01T00:00:00.000Z</at><text>&lt;&amp;</text>',
  );
  assert.equal(ec2Result({}, names), '<return>true</return>');
});

const service: ServiceDefinition = {
  name: 'ec2',
  apiVersion: '2016-11-15',
  protocol: { kind: 'ec2Query', xmlNamespace: 'urn:ec2', names },
  errors: {
    validation: 'InvalidParameterValue',
    internal: 'InternalError',
    parameters: { missing: 'MissingParameter', unrecognized: 'UnknownParameter' },
  },
  operations: {
    RunInstances: unbuilt,
    DescribeVpcs: defineOperation<object, object>()({
      schema: z.strictObject({ VpcIds: z.array(z.string()), Most: z.enum(['1', '2']).optional() }),
      readOnly: true,
      audit: 'none',
      access: () => [{ action: 'ec2:DescribeVpcs', resource: '*' }],
      handler: ({ VpcIds }) => ({ Vpcs: VpcIds.map((VpcId) => ({ VpcId })) }),
    }),
  },
};

test('a call of EC2 is answered in its XML, and so is every refusal, that of its signature too', async () => {
  const running = await startGateway({ registry: new OperationRegistry([service]) });
  await using _gateway = { [Symbol.asyncDispose]: () => running.gateway.close() };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const ask = (body: string) => running.call({ target: '/', service: 'ec2', headers, body });
  const answer = await ask('Action=DescribeVpcs&Version=2016-11-15&VpcId.1=v');
  assert.equal(answer.status, 200);
  assert.match(
    answer.body,
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<DescribeVpcsResponse xmlns="urn:ec2"><requestId>[0-9a-f-]{36}<\/requestId><vpcSet><item><vpcId>v<\/vpcId><\/item><\/vpcSet><\/DescribeVpcsResponse>$/,
  );
  const refusals: readonly (readonly [form: string, code: string, words: RegExp])[] = [
    ['Action=DescribeVpcs', 'MissingParameter', /^The request must contain the parameter VpcIds$/],
    ['Action=DescribeVpcs&VpcId.1=v&Other=x', 'UnknownParameter', /^The parameter Other is not recognized$/],
    ['Action=DescribeVpcs&VpcId.1=v&Most=3', 'InvalidParameterValue', /Value '3' at 'most' failed/],
    ['Action=DescribeVpcs&VpcId.1.Name=v', 'InvalidParameterValue', /Start of structure or map found/],
    ['Action=RunInstances', 'UnsupportedOperation', /RunInstances is not supported by this version of Batchyard/],
    ['Action=Dance', 'InvalidAction', /^The action Dance is not valid for this web service.$/],
  ];
  for (const [form, code, words] of refusals) {
    const { status, body } = await ask(form);
    assert.equal(status, 400, form);
    const [, found, message = ''] =
      /<Response><Errors><Error><Code>([^<]*)<\/Code><Message>([^<]*)<\/Message><\/Error><\/Errors><RequestID>/.exec(
        body,
      ) ?? [];
    assert.equal(found, code, form);
    assert.match(message.replaceAll('&apos;', "'"), words);
  }
  const body = 'Action=DescribeVpcs&Version=2016-11-15&VpcId.1=v';
  const unsigned = await running.send({ target: `/?${body}`, headers });
  assert.match(unsigned.body, /<Response>.*<Code>MissingAuthenticationToken</);
  const credentials = { ...rootKey, secretAccessKey: 'another' };
  const forged = await running.call({ target: '/', service: 'ec2', headers, body, credentials });
  assert.equal(forged.status, 401);
  assert.match(forged.body, /<Response>.*<Code>AuthFailure</);
});
