import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ApiShape } from './api.ts';
import { findIntegration } from './integration.ts';
import { capitalised, errorPrefix, sdkName } from './names.ts';
import { optimised } from './optimised.ts';
import { readApi } from './table.ts';

function memberOf(shape: ApiShape | undefined, name: string): ApiShape | undefined {
  return shape?.kind === 'structure' ? shape.members.get(name)?.shape : undefined;
}

test('the table tells of every service that there is, with its members, types and what is required', async () => {
  const batch = await readApi('batch', 'optimised');
  assert.deepEqual([batch?.id, batch?.name], ['Batch', 'AWS Batch']);
  const { input, output } = batch?.operation('SubmitJob') ?? {};
  assert.ok(input?.kind === 'structure' && output?.kind === 'structure');
  const required = [...input.members].filter(([, member]) => member.required).map(([name]) => name);
  assert.deepEqual(required, ['JobName', 'JobQueue', 'JobDefinition']);
  assert.equal(input.members.get('PropagateTags')?.shape.kind, 'boolean');
  assert.equal(input.members.get('JobName')?.name, 'jobName');
  const requirements = memberOf(memberOf(input, 'ContainerOverrides'), 'ResourceRequirements');
  assert.ok(requirements?.kind === 'list' && memberOf(requirements.element, 'Value')?.kind === 'string');
  const tags = memberOf(input, 'Tags');
  assert.ok(tags?.kind === 'map' && tags.value.kind === 'string');
  assert.equal(batch?.operation('constructor'), undefined);
  for (const name of ['nosuch', 'constructor', '']) assert.equal(await readApi(name, 'sdk'), undefined);
});

test('every optimised integration is found in each of its patterns, with what it takes', async () => {
  for (const [service, { actions }] of Object.entries(optimised)) {
    for (const [action, { patterns, job }] of Object.entries(actions)) {
      for (const pattern of patterns) {
        const suffix = pattern === 'request' ? '' : `.${pattern}`;
        const arn = `arn:aws:states:::${service}:${action}${suffix}`;
        const resource = { kind: 'service', arn, service, action, pattern, name: action + suffix } as const;
        const found = await findIntegration(resource);
        assert.ok(found && found.input.members.size > 0, arn);
        assert.equal(found.job !== undefined, job !== undefined, arn);
      }
    }
  }
});

test('more services than are kept in memory are read again', async () => {
  const names = ['acm', 'amp', 'athena', 'backup', 'batch', 'chime', 'dax', 'ec2', 'ecr', 'ecs', 'efs', 'eks', 'emr'];
  const first = await readApi('sns', 'sdk');
  assert.equal(await readApi('sns', 'sdk'), first);
  for (const name of names) assert.ok(await readApi(name, 'sdk'), name);
  const again = await readApi('sns', 'sdk');
  assert.ok(again && again !== first);
});

test('a token of idempotency is required of SDK integrations only', async () => {
  const required = async (style: 'sdk' | 'optimised') => {
    const input = (await readApi('emrserverless', style))?.operation('StartJobRun')?.input;
    return input?.kind === 'structure' && input.members.get('ClientToken')?.required;
  };
  assert.deepEqual([await required('sdk'), await required('optimised')], [true, false]);
});

test('names are those of the AWS SDK for Java 2 where definitions use those', () => {
  const names = [
    'DBInstanceIdentifier',
    'jobName',
    'ETag',
    'ACL',
    'SSEKMSKeyId',
    'S3Uri',
    'EC2SecurityGroups',
    'ARN',
    'x',
  ];
  const sdk = [
    'DbInstanceIdentifier',
    'JobName',
    'ETag',
    'Acl',
    'SsekmsKeyId',
    'S3Uri',
    'Ec2SecurityGroups',
    'Arn',
    'X',
  ];
  assert.deepEqual(names.map(sdkName), sdk);
  assert.equal(capitalised('MD5OfMessageBody'), 'MD5OfMessageBody');
  const ids = ['CloudWatch Logs', 'SFN', 'EC2', 'DynamoDB', 'Secrets Manager', 'S3', 'EMR containers'];
  const prefixes = ['CloudWatchLogs', 'Sfn', 'Ec2', 'DynamoDb', 'SecretsManager', 'S3', 'EmrContainers'];
  assert.deepEqual(ids.map(errorPrefix), prefixes);
});

test('the table names its source and its licence, and is small', () => {
  const whole = readFileSync(new URL('api-shapes.bin', import.meta.url));
  const { notice } = JSON.parse(whole.toString('utf8', 0, whole.indexOf('\n')));
  assert.match(
    notice,
    /service models of botocore [\d.]+, Copyright Amazon.com.*Licensed under the Apache License, Version 2\.0/,
  );
  assert.ok(whole.length < 1_500_000);
});
