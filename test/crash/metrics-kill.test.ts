import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GetMetricStatisticsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { times } from '../support/effort.ts';
import { clientsOf } from '../support/sdk.ts';
import { ServerProcess } from '../support/server-process.ts';

const place = { Namespace: 'Crash', MetricName: 'Puts' };
const hour = 3_600_000;

test('of points that were acknowledged none is lost by kills, and none is counted twice', async (t) => {
  const server = await ServerProcess.start(t, ['--log-level', 'warn']);
  // No second try: it would count twice what the first one did.
  const { cloudWatch, close } = clientsOf(server, { maxAttempts: 1 });
  t.after(close);
  const Timestamp = new Date();
  let [asked, acknowledged] = [0, 0];
  let kill = () => {};
  /** Puts points until the server is gone, four at a time. */
  const putPoints = async (until: number) => {
    for (;;) {
      asked += 1;
      await cloudWatch.send(
        new PutMetricDataCommand({
          Namespace: place.Namespace,
          MetricData: [{ MetricName: 'Puts', Value: 1, Timestamp }],
        }),
      );
      acknowledged += 1;
      if (acknowledged >= until) kill();
    }
  };
  for (let round = 1; round <= times(2); round += 1) {
    let killed: Promise<unknown> | undefined;
    kill = () => {
      killed ??= server.kill();
    };
    const putting = Array.from({ length: 4 }, () => putPoints(acknowledged + 40));
    for (const each of await Promise.allSettled(putting)) assert.equal(each.status, 'rejected');
    await killed;
    await server.restart();
    const range = { StartTime: new Date(Timestamp.getTime() - hour), EndTime: new Date(Timestamp.getTime() + hour) };
    const { Datapoints = [] } = await cloudWatch.send(
      new GetMetricStatisticsCommand({ ...place, ...range, Period: 3600, Statistics: ['SampleCount'] }),
    );
    const found = Datapoints.reduce((sum, { SampleCount = 0 }) => sum + SampleCount, 0);
    assert.ok(acknowledged <= found && found <= asked, `${acknowledged} acknowledged, ${found} found, ${asked} asked`);
  }
});
