import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { until } from '../support/wait.ts';
import { awsCli, runCommand } from './command.ts';
import { account, openYard, region } from './yard.ts';

const { states, server } = await openYard();
const { accessKeyId, secretAccessKey } = server.credentials;
const env = {
  AWS_ENDPOINT_URL: server.url,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  AWS_DEFAULT_REGION: region,
  AWS_PAGER: '',
};

async function aws(...words: readonly string[]) {
  const { exit, stdout, stderr } = await runCommand(awsCli.file, ['stepfunctions', ...words], {
    env,
    cwd: server.shared,
  });
  assert.equal(exit, 0, stderr);
  return stdout === '' ? undefined : JSON.parse(stdout);
}

test('the aws CLI creates a state machine from a file, runs it, and reads its history', awsCli.needed, async () => {
  const file = join(server.shared, 'machine.json');
  const definition = { StartAt: 'A', States: { A: { Type: 'Pass', Result: { said: 'hello' }, End: true } } };
  writeFileSync(file, JSON.stringify(definition));
  const role = ['--role-arn', `arn:aws:iam::${account}:role/r`];
  const created = await aws('create-state-machine', '--name', 'cli', '--definition', `file://${file}`, ...role);
  assert.equal(created.stateMachineArn, `arn:aws:states:${region}:${account}:stateMachine:cli`);
  const machine = ['--state-machine-arn', created.stateMachineArn];
  const { executionArn } = await aws('start-execution', ...machine, '--input', '{"a":1}');
  await until('the execution has ended', async () => {
    const { status } = await states.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'SUCCEEDED' || undefined;
  });
  const described = await aws('describe-execution', '--execution-arn', executionArn);
  assert.deepEqual([described.status, described.output], ['SUCCEEDED', '{"said":"hello"}']);
  const { events } = await aws('get-execution-history', '--execution-arn', executionArn, '--reverse-order');
  assert.equal(events[0].type, 'ExecutionSucceeded');
  const { executions } = await aws('list-executions', ...machine);
  assert.equal(executions.length, 1);
  await aws('delete-state-machine', ...machine);
});
