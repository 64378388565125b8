import assert from 'node:assert/strict';
import { AddPermissionCommand, GetPolicyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ServerProcess } from '../support/server-process.ts';

/** What a server is started with so that it has a function: nobody listens there. */
export const functionOptions = ['--lambda-functions', 'golden=http://127.0.0.1:9/'];

const FunctionName = 'golden';
const Principal = 'sns.amazonaws.com';

/** Lets a service invoke a function. */
export async function makeFunctions(server: ServerProcess): Promise<void> {
  const statement = { StatementId: 'golden', Action: 'lambda:InvokeFunction', Principal };
  await withClient(server, (client) => client.send(new AddPermissionCommand({ FunctionName, ...statement })));
}

export async function expectFunctions(server: ServerProcess): Promise<void> {
  const { Policy = '' } = await withClient(server, (client) => client.send(new GetPolicyCommand({ FunctionName })));
  const [{ Sid, Principal: who }] = JSON.parse(Policy).Statement;
  assert.deepEqual([Sid, who], ['golden', { Service: Principal }]);
}

async function withClient<Result>(
  { url, credentials }: ServerProcess,
  work: (client: LambdaClient) => Promise<Result>,
) {
  const client = new LambdaClient({ endpoint: url, credentials, region: 'us-east-1' });
  return work(client).finally(() => client.destroy());
}
