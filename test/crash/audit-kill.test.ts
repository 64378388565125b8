import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CreateSchedulingPolicyCommand, paginateListSchedulingPolicies } from '@aws-sdk/client-batch';
import { CloudTrailClient, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import { times } from '../support/effort.ts';
import { clientsOf } from '../support/sdk.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';

const points = [
  'commit.closed',
  'audit.received',
  'audit.written',
  'audit.acknowledged',
  'commit.recorded',
  'commit.written',
] as const;

test('a server that is killed while it keeps records has one of every call that it answered, and of every one whose effect is there', async (t) => {
  const server = await ServerProcess.start(t, ['--engine', 'mock']);
  const random = new SeededRandom();
  t.diagnostic(`seed ${random.seed}`);
  const answered: string[] = [];
  for (let kill = 0; kill < times(6); kill += 1) {
    const point = points[kill % points.length] ?? 'audit.written';
    // A start commits, and records nothing.
    const passes = point.startsWith('commit') ? 20 + random.below(40) : 2 + random.below(6);
    if (server.isRunning) await server.kill();
    await server.restart(['--failpoint', `${point}:${passes}`]).catch(() => {});
    const lanes = Array.from({ length: 4 }, (_, lane) => createUntilKilled(server, `${kill}-${lane}`, answered));
    await Promise.all(lanes);
  }
  await server.restart();
  const { url: endpoint, credentials } = server;
  const client = new CloudTrailClient({ endpoint, credentials, region: 'us-east-1' });
  const recorded = new Set<string>();
  const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: 'CreateSchedulingPolicy' } as const];
  for await (const { Events = [] } of paginateLookupEvents({ client }, { LookupAttributes }))
    for (const { CloudTrailEvent = '' } of Events) recorded.add(JSON.parse(CloudTrailEvent).requestParameters.name);
  assert.ok(answered.length > 0);
  assert.deepEqual(
    answered.filter((name) => !recorded.has(name)),
    [],
  );
  const clients = clientsOf(server);
  const made: string[] = [];
  for await (const { schedulingPolicies = [] } of paginateListSchedulingPolicies({ client: clients.batch }, {}))
    made.push(...schedulingPolicies.map(({ arn = '' }) => arn.slice(arn.indexOf('/') + 1)));
  assert.deepEqual(
    answered.filter((name) => !made.includes(name)),
    [],
  );
  assert.deepEqual(
    made.filter((name) => !recorded.has(name)),
    [],
  );
  clients.close();
});

/** Until the server dies of it. */
async function createUntilKilled(server: ServerProcess, prefix: string, answered: string[]): Promise<void> {
  const { batch, close } = clientsOf(server, { maxAttempts: 1 });
  for (let count = 0; server.isRunning; count += 1) {
    const name = `p-${prefix}-${count}`;
    try {
      await batch.send(new CreateSchedulingPolicyCommand({ name }));
      answered.push(name);
    } catch (error) {
      if (server.isRunning && (error as Error).name.endsWith('Exception')) throw error;
    }
  }
  close();
}
