import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CreateArchiveCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  StartReplayCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { times } from '../support/effort.ts';
import { clientsOf } from '../support/sdk.ts';
import { SeededRandom } from '../support/seeded-random.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const kills = times(4);
const eventsEach = 10;
const bus = 'arn:aws:events:us-east-1:123456789012:event-bus/default';
const archive = 'arn:aws:events:us-east-1:123456789012:archive/all';

test('an archive has every event that was acknowledged, and a replay brings each once, though the server is killed', async (t) => {
  const random = new SeededRandom();
  t.diagnostic(`TEST_SEED=${random.seed}`);
  const server = await ServerProcess.start(t, []);
  const { events, sqs, close } = clientsOf(server, { maxAttempts: 60 });
  t.after(close);
  await events.send(new CreateArchiveCommand({ ArchiveName: 'all', EventSourceArn: bus }));
  const acknowledged = new Set<string>();
  for (let kill = 0; kill < kills; kill += 1) {
    // Dies after so many appends of events that no transaction knows of yet, or at any moment.
    const failpoint = random.below(2) === 0 ? `events.archived:${random.below(3)}` : undefined;
    if (failpoint !== undefined) {
      await server.kill();
      await server.restart(['--failpoint', failpoint]);
    }
    const underWay = Array.from({ length: eventsEach }, async (_, each) => {
      const name = `e${kill}-${each}`;
      const Entries = [{ Source: 'crash', DetailType: 'd', Detail: JSON.stringify({ name }) }];
      const put = () => events.send(new PutEventsCommand({ Entries })).catch(() => undefined);
      const { Entries: answers = [] } = await until(`an answer about ${name}`, put);
      acknowledged.add(`${answers[0]?.EventId}`);
    });
    if (failpoint === undefined) await Promise.race(underWay);
    else
      await until('it has died, or taken all', () => !server.isRunning || acknowledged.size >= (kill + 1) * eventsEach);
    if (server.isRunning) await server.kill();
    await server.restart();
    await Promise.all(underWay);
  }
  const countOf = async (ArchiveName: string) =>
    (await events.send(new DescribeArchiveCommand({ ArchiveName }))).EventCount ?? 0;
  // Events are archived in their order: with the last one all are.
  await events.send(
    new CreateArchiveCommand({ ArchiveName: 'last', EventSourceArn: bus, EventPattern: '{"source":["last"]}' }),
  );
  const last = { Source: 'last', DetailType: 'd', Detail: '{"name":"last"}' };
  await events.send(new PutEventsCommand({ Entries: [last] }));
  await until('the last one is archived', async () => (await countOf('last')) > 0);
  const count = await countOf('all');

  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'replayed' }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await events.send(new PutRuleCommand({ Name: 'r', EventPattern: '{"source":["crash","last"]}' }));
  await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 'q', Arn: Attributes?.QueueArn }] }));
  const times = { EventStartTime: new Date(0), EventEndTime: new Date(4_000_000_000_000) };
  await events.send(
    new StartReplayCommand({ ReplayName: 'all', EventSourceArn: archive, Destination: { Arn: bus }, ...times }),
  );
  await server.kill();
  await server.restart();
  await until('the replay is over', async () => {
    const { State } = await events.send(new DescribeReplayCommand({ ReplayName: 'all' }));
    return State === 'COMPLETED';
  });
  const received: string[] = [];
  await until('every event of the archive has come', async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { Body = '', ReceiptHandle } of Messages) {
      received.push(`${(JSON.parse(Body) as { id: string }).id}`);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    return received.length >= count;
  });
  // None twice, and none that was acknowledged is missing. One whose answer the kill took may be there beside the one sent again.
  assert.equal(new Set(received).size, received.length);
  assert.equal(received.length, count);
  const missing = [...acknowledged].filter((id) => !received.includes(id));
  assert.deepEqual(missing, []);
});
