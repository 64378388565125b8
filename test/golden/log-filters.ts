import assert from 'node:assert/strict';
import {
  CloudWatchLogsClient,
  DescribeMetricFiltersCommand,
  DescribeSubscriptionFiltersCommand,
  PutMetricFilterCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { ServerProcess } from '../support/server-process.ts';

const logGroupName = 'golden';
const destinationArn = 'arn:aws:lambda:us-east-1:123456789012:function:golden';
const transformation = { metricName: 'golden', metricNamespace: 'Golden', metricValue: '$.n' };

/** Filters of the group that is there, one of them for the function that is. */
export async function makeLogFilters(server: ServerProcess): Promise<void> {
  await withClient(server, async (client) => {
    const named = { logGroupName, filterName: 'golden' };
    const metricTransformations = [{ ...transformation, dimensions: { Host: '$.host' } }];
    const filterPattern = '{ $.n > 0 && $.host = * }';
    await client.send(new PutMetricFilterCommand({ ...named, filterPattern, metricTransformations }));
    await client.send(new PutSubscriptionFilterCommand({ ...named, filterPattern: 'ERROR', destinationArn }));
  });
}

export async function expectLogFilters(server: ServerProcess): Promise<void> {
  await withClient(server, async (client) => {
    const { metricFilters: [metric] = [] } = await client.send(new DescribeMetricFiltersCommand({ logGroupName }));
    assert.deepEqual(metric?.metricTransformations, [{ ...transformation, dimensions: { Host: '$.host' } }]);
    const { subscriptionFilters: [subscription] = [] } = await client.send(
      new DescribeSubscriptionFiltersCommand({ logGroupName }),
    );
    assert.equal(subscription?.destinationArn, destinationArn);
  });
}

async function withClient<Result>(
  { url, credentials }: ServerProcess,
  work: (client: CloudWatchLogsClient) => Promise<Result>,
) {
  const client = new CloudWatchLogsClient({ endpoint: url, credentials, region: 'us-east-1' });
  return work(client).finally(() => client.destroy());
}
