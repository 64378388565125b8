// A multi-node job: four nodes sum their numbers over TCP. Run it after eval "$(batchyard env)", with Node.js 24 or newer:
// node_modules/.bin/node examples/nodes.ts
import { readFileSync } from 'node:fs';
import {
  BatchClient,
  DescribeJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
} from '@aws-sdk/client-batch';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { waitForJob } from './wait-for-job.ts';

const batch = new BatchClient();
const logs = new CloudWatchLogsClient();
const program = readFileSync(new URL('nodes/sum.py', import.meta.url), 'utf8');

await batch.send(
  new RegisterJobDefinitionCommand({
    jobDefinitionName: 'nodes-sum',
    type: 'multinode',
    nodeProperties: {
      numNodes: 4,
      mainNode: 0,
      nodeRangeProperties: [
        {
          targetNodes: '0:3',
          container: {
            image: 'python:3',
            command: ['python3', '-c', program],
            resourceRequirements: [
              { type: 'VCPU', value: '1' },
              { type: 'MEMORY', value: '64' },
            ],
          },
        },
      ],
    },
  }),
);
const { jobId = '' } = await batch.send(
  new SubmitJobCommand({ jobName: 'nodes-sum', jobQueue: 'default', jobDefinition: 'nodes-sum' }),
);

const job = await waitForJob(batch, jobId);
const { jobs: [main] = [] } = await batch.send(new DescribeJobsCommand({ jobs: [`${jobId}#0`] }));
const logStreamName = main?.container?.logStreamName;
const { events } = await logs.send(new GetLogEventsCommand({ logGroupName: '/aws/batch/job', logStreamName }));
for (const { message } of events ?? []) console.log(message);
console.log(job.status);
