// A first job with the AWS SDK for JavaScript. Run it after eval "$(batchyard env)", with Node.js 24 or newer,
// such as the one that npm ci brought: node_modules/.bin/node examples/hello.ts
import { BatchClient, RegisterJobDefinitionCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { waitForJob } from './wait-for-job.ts';

const batch = new BatchClient();
const logs = new CloudWatchLogsClient();

await batch.send(
  new RegisterJobDefinitionCommand({
    jobDefinitionName: 'hello-sdk',
    type: 'container',
    containerProperties: {
      image: 'busybox',
      command: ['echo', 'hello from the SDK'],
      resourceRequirements: [
        { type: 'VCPU', value: '1' },
        { type: 'MEMORY', value: '64' },
      ],
    },
  }),
);
const { jobId = '' } = await batch.send(
  new SubmitJobCommand({ jobName: 'hello', jobQueue: 'default', jobDefinition: 'hello-sdk' }),
);

const job = await waitForJob(batch, jobId);
const { events } = await logs.send(
  new GetLogEventsCommand({ logGroupName: '/aws/batch/job', logStreamName: job.container?.logStreamName }),
);
for (const { message } of events ?? []) console.log(message);
console.log(job.status);
