import assert from 'node:assert/strict';
import { Agent } from 'node:http';
import { test } from 'node:test';
import * as statesSdk from '@aws-sdk/client-sfn';
import { CreateTopicCommand, PublishCommand } from '@aws-sdk/client-sns';
import { account, openYard, refusalOf, region } from './yard.ts';

const { states, sns, server } = await openYard();

test('every operation of the pinned SDK of Step Functions is built: none answers as unknown or with a server error', async () => {
  const names = Object.keys(statesSdk).filter((name) => /^[A-Z]\w+Command$/.test(name));
  assert.equal(names.length, 37);
  for (const name of names) {
    const Command = (statesSdk as unknown as Record<string, new (input: object) => never>)[name];
    assert.ok(Command);
    const answer = await states.send(new Command({})).then(
      () => 'answered',
      (error: { name: string; $metadata: { httpStatusCode: number } }) =>
        `${error.name} ${error.$metadata.httpStatusCode}`,
    );
    assert.ok(answer === 'answered' || answer === 'ValidationException 400', `${name}: ${answer}`);
  }
});

test('an SDK at its default settings, which puts sync- before the host, is served', async () => {
  const hosts = new Set<string>();
  const httpAgent = new Agent({
    lookup: (name, _options, done) => {
      hosts.add(name);
      done(null, [{ address: '127.0.0.1', family: 4 }]);
    },
  });
  const { url, credentials } = server;
  const client = new statesSdk.SFNClient({ endpoint: url, credentials, region, requestHandler: { httpAgent } });
  const definition = JSON.stringify({ Type: 'Pass', Result: 1, End: true });
  assert.equal((await client.send(new statesSdk.TestStateCommand({ definition }))).output, '1');
  assert.deepEqual([...hosts], ['sync-127.0.0.1']);
  client.destroy();
});

test('an input that does not fit is refused with all that is wrong with it', async () => {
  const refusal = await refusalOf(
    states.send(new statesSdk.CreateStateMachineCommand({ name: 'x'.repeat(81), definition: '{}', roleArn: '' })),
  );
  assert.equal(refusal.name, 'ValidationException');
  assert.match(
    refusal.message,
    /^2 validation errors detected: .* at 'name' .*less than or equal to 80; .* at 'roleArn'/,
  );
  const stateMachineArn = `arn:aws:states:${region}:${account}:stateMachine:none`;
  const missing = await refusalOf(states.send(new statesSdk.DescribeStateMachineCommand({ stateMachineArn })));
  assert.deepEqual([missing.name, missing.status, missing.attempts], ['StateMachineDoesNotExist', 400, 1]);
});

test('a message is published by TargetArn as by TopicArn', async () => {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'target' }));
  assert.ok((await sns.send(new PublishCommand({ TargetArn: TopicArn, Message: 'm' }))).MessageId);
});
