import { DescribeJobsCommand } from '@aws-sdk/client-batch';
import { GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { define, submit, waitUntilIdle } from './support/batch.ts';
import { BenchServer } from './support/bench-server.ts';
import type { Finding } from './support/figure.ts';
import { until } from './support/pause.ts';
import { quantile } from './support/statistics.ts';

const warmUpJobs = 30;
const jobs = 300;

/** From the call of SubmitJob to the moment at which the job's first line is in its log, one job after the other. */
export async function firstLogLine(): Promise<Finding> {
  const server = await BenchServer.start();
  try {
    await define(server, 'bench', ['echo', 'hello']);
    for (let job = 0; job < warmUpJobs; job += 1) await measureOne(server);
    const times: number[] = [];
    for (let job = 0; job < jobs; job += 1) times.push(await measureOne(server));
    return {
      kind: 'measured',
      figures: [
        { name: 'submit to first log line, p50', value: quantile(times, 0.5), unit: 'ms', aim: { atMost: 15 } },
        { name: 'submit to first log line, p99', value: quantile(times, 0.99), unit: 'ms', aim: { atMost: 60 } },
      ],
    };
  } finally {
    await server.close();
  }
}

/** The line's own time is taken when it is written, on the clock of this machine: asking for it all the time would slow it. */
async function measureOne(server: BenchServer): Promise<number> {
  const submittedAt = performance.timeOrigin + performance.now();
  const jobId = await submit(server, 'bench');
  await waitUntilIdle(server, 20);
  const { jobs: found = [] } = await server.clients.batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
  const logStreamName = found[0]?.container?.logStreamName;
  const command = new GetLogEventsCommand({ logGroupName: '/aws/batch/job', logStreamName, startFromHead: true });
  const timestamp = await until(
    'the line',
    5,
    async () => (await server.clients.logs.send(command)).events?.[0]?.timestamp,
  );
  return timestamp - submittedAt;
}
