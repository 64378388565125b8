import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand, DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { times } from '../support/effort.ts';
import { clientsOf } from '../support/sdk.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const kills = times(4);
const eventsEach = 6;

test('events that a function was given, and tasks that wait for it, are dealt with though the server is killed', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'lambda-kill-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const config = join(directory, 'batchyard.json');
  writeFileSync(config, JSON.stringify({ lambda: { functions: { echo: { command: ['cat'], timeout: '60s' } } } }));
  const server = await ServerProcess.start(t, ['--config', config, '--host-vcpus', '64']);
  const random = new SeededRandom();
  t.diagnostic(`TEST_SEED=${random.seed}`);
  const { logs, states, close } = clientsOf(server, { maxAttempts: 60 });
  const client = { endpoint: server.url, credentials: server.credentials, region: 'us-east-1', maxAttempts: 60 };
  const lambda = new LambdaClient(client);
  t.after(() => {
    close();
    lambda.destroy();
  });
  const Resource = 'arn:aws:lambda:us-east-1:123456789012:function:echo';
  const definition = JSON.stringify({ StartAt: 'a', States: { a: { Type: 'Task', Resource, End: true } } });
  const roleArn = 'arn:aws:iam::123456789012:role/states';
  const { stateMachineArn } = await states.send(new CreateStateMachineCommand({ name: 'm', definition, roleArn }));

  const acknowledged: string[] = [];
  const executions: { readonly executionArn: string | undefined; readonly input: string }[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    const underWay = Array.from({ length: eventsEach }, async (_, each) => {
      const name = `event-${kill}-${each}.`;
      const input = JSON.stringify({ name: `task-${kill}-${each}.` });
      const event = { FunctionName: 'echo', InvocationType: 'Event', Payload: JSON.stringify({ name }) } as const;
      // While the server is dead nobody answers: it is sent again.
      await until(`an answer about ${name}`, () => lambda.send(new InvokeCommand(event)).catch(() => undefined));
      acknowledged.push(name);
      const start = () => states.send(new StartExecutionCommand({ stateMachineArn, input })).catch(() => undefined);
      const { executionArn } = await until(`an execution for ${input}`, start);
      executions.push({ executionArn, input });
    });
    // A random moment: after so many answers.
    for (let answers = random.below(60); answers > 0; answers -= 1) {
      await states.send(new DescribeExecutionCommand({ executionArn: `${stateMachineArn}` })).catch(() => undefined);
    }
    await server.kill();
    await server.restart();
    await Promise.all(underWay);
  }

  for (const { executionArn, input } of executions) {
    const ended = await until(`the end of the execution for ${input}`, async () => {
      const found = await states.send(new DescribeExecutionCommand({ executionArn }));
      return found.status !== 'RUNNING' && found;
    });
    assert.deepEqual([ended.status, ended.output], ['SUCCEEDED', input], ended.cause ?? '');
  }
  await until('each event in the log of the function', async () => {
    const lines: string[] = [];
    for await (const page of paginateFilterLogEvents({ client: logs }, { logGroupName: '/aws/lambda/echo' })) {
      lines.push(...(page.events ?? []).map(({ message = '' }) => message));
    }
    return acknowledged.every((name) => lines.some((line) => line.includes(name)));
  });
});
