import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  PutMetricFilterCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { times } from '../support/effort.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const logGroupName = 'group';
const hour = 3_600_000;

test('whenever the server is killed, a metric filter has counted each event of its group once', async (t) => {
  const server = await ServerProcess.start(t, ['--log-level', 'warn']);
  const { logs, cloudWatch, close } = clientsOf(server, { maxAttempts: 1 });
  t.after(close);
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  const streams = ['a', 'b', 'c', 'd'];
  for (const logStreamName of streams) await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  const metricTransformations = [{ metricName: 'events', metricNamespace: 'Crash', metricValue: '1' }];
  const filter = { logGroupName, filterName: 'f', filterPattern: '', metricTransformations };
  await logs.send(new PutMetricFilterCommand(filter));
  let acknowledged = 0;
  let kill = () => {};
  const putEvents = async (logStreamName: string, enough: number) => {
    for (;;) {
      const logEvents = [1, 2, 3].map((each) => ({ timestamp: Date.now(), message: `event ${each}` }));
      await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
      acknowledged += logEvents.length;
      if (acknowledged >= enough) kill();
    }
  };
  const readable = async () => {
    let events = 0;
    for await (const page of paginateFilterLogEvents({ client: logs }, { logGroupName })) {
      events += page.events?.length ?? 0;
    }
    return events;
  };
  const counted = async () => {
    const range = { StartTime: new Date(Date.now() - hour), EndTime: new Date(Date.now() + hour) };
    const place = { Namespace: 'Crash', MetricName: 'events', Period: 3600, Statistics: ['Sum' as const] };
    const { Datapoints = [] } = await cloudWatch.send(new GetMetricStatisticsCommand({ ...place, ...range }));
    return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
  };
  for (let round = 1; round <= times(2); round += 1) {
    let killed: Promise<unknown> | undefined;
    kill = () => {
      killed ??= server.kill();
    };
    const enough = acknowledged + 90;
    const putting = streams.map((stream) => putEvents(stream, enough));
    for (const each of await Promise.allSettled(putting)) assert.equal(each.status, 'rejected');
    await killed;
    await server.restart();
    const events = await readable();
    assert.ok(events >= acknowledged, `${acknowledged} acknowledged, ${events} readable`);
    await until(
      async () => `${events} to be counted: ${await counted()}`,
      async () => (await counted()) >= events,
    );
    assert.equal(await counted(), events);
  }
});
