import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ServiceError } from '../../core/errors.ts';
import { accessOf } from '../../core/operation.fixture.ts';
import type { Operation } from '../../core/operation.ts';
import { SnsBench, scope } from './sns.fixture.ts';

const topicArn = `arn:aws:sns:${scope.region}:${scope.account}:topic`;

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(topicArn, `${topicArn}:none`, 'arn:aws:sns:::', 'arn:aws:sqs:eu-west-1:123456789012:q', 'topic'),
  fc.constantFrom('http', 'https', 'http://x.test/', 'https://[::', 'json', 'true', 'FilterPolicy', 'DeliveryPolicy'),
  fc.json({ maxDepth: 3 }),
);
const names = ['TopicArn', 'TargetArn', 'ResourceArn', 'SubscriptionArn', 'Name', 'Message', 'Subject', 'Protocol'];
const others = ['Endpoint', 'Token', 'NextToken', 'AttributeName', 'AttributeValue', 'MessageStructure', 'Label'];
const attribute = fc.record({ DataType: text, StringValue: text, BinaryValue: text }, { requiredKeys: [] });
const map = fc.dictionary(
  fc.constantFrom('FilterPolicy', 'FilterPolicyScope', 'DeliveryPolicy', 'Policy', 'a.b'),
  text,
);
const message = fc.record({ Id: text, Message: text, Subject: text }, { requiredKeys: ['Id', 'Message'] });

const input = fc.record(
  {
    ...Object.fromEntries([...names, ...others].map((name) => [name, text])),
    Attributes: map,
    MessageAttributes: fc.dictionary(text, attribute, { maxKeys: 3 }),
    PublishBatchRequestEntries: fc.array(message, { maxLength: 3 }),
    Tags: fc.array(fc.record({ Key: text, Value: text }), { maxLength: 3 }),
    TagKeys: fc.array(text, { maxLength: 3 }),
    AWSAccountId: fc.array(text, { maxLength: 2 }),
    ActionName: fc.array(fc.constantFrom('Publish', 'Fly'), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

test('whatever an operation is given, it answers or refuses in terms of AWS', async () => {
  const bench = await SnsBench.open();
  await bench.subscribed();
  const { operations } = bench.service.definition;
  const built = Object.values(operations).filter((each): each is Operation => each.kind === 'operation');
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...built), input, async (operation, given) => {
      const asked = await accessOf(operation, given, bench.context());
      assert.ok(asked.every(({ resource }) => typeof resource === 'string'));
      const parsed = operation.schema.safeParse(given);
      if (!parsed.success) return;
      try {
        await operation.handler(parsed.data, bench.context(), new Map());
      } catch (error) {
        assert.ok(error instanceof ServiceError, String(error));
      }
    }),
    { numRuns: 600 },
  );
});
