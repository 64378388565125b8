// Retries that look at how an attempt ended. Run it after eval "$(batchyard env)", with Node.js 24 or newer,
// such as the one that npm ci brought: node_modules/.bin/node examples/retries.ts
// Exit code 75 (try again later) is retried, everything else is final.
import { BatchClient, RegisterJobDefinitionCommand, SubmitJobCommand } from '@aws-sdk/client-batch';
import { waitForJob } from './wait-for-job.ts';

const batch = new BatchClient();

await batch.send(
  new RegisterJobDefinitionCommand({
    jobDefinitionName: 'retries',
    type: 'container',
    containerProperties: {
      image: 'busybox',
      command: ['sh', '-c', 'case $AWS_BATCH_JOB_ATTEMPT in 1) exit 75 ;; *) exit 1 ;; esac'],
      resourceRequirements: [
        { type: 'VCPU', value: '1' },
        { type: 'MEMORY', value: '64' },
      ],
    },
    retryStrategy: {
      attempts: 5,
      evaluateOnExit: [
        { onExitCode: '75', action: 'RETRY' },
        { onExitCode: '*', action: 'EXIT' },
      ],
    },
  }),
);
const { jobId = '' } = await batch.send(
  new SubmitJobCommand({ jobName: 'retries', jobQueue: 'default', jobDefinition: 'retries' }),
);

const job = await waitForJob(batch, jobId);
const exitCodes = job.attempts?.map(({ container }) => container?.exitCode);
console.log(`${job.status} after attempts with exit codes ${exitCodes?.join(', ')}`);
