// Five jobs after each other, as in AWS's guide: A lists what is to be done, each child of B computes a part of it, each child of C
// goes on with the part of its own index as soon as that is there, the children of D check one after the other, E cleans up.
// Run it after eval "$(batchyard env)", with Node.js 24 or newer: node_modules/.bin/node examples/pipeline.ts
// With --fail child 2 of B fails: child 2 of C falls with it, and D and E never run.
import { readFileSync } from 'node:fs';
import {
  BatchClient,
  DescribeJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  type SubmitJobCommandInput,
} from '@aws-sdk/client-batch';
import { waitForJob } from './wait-for-job.ts';

const batch = new BatchClient();
const size = 5;
const failing = process.argv.includes('--fail') ? '2' : 'none';

const definitions: Readonly<Record<string, readonly string[]>> = {
  'JobA-list-and-validate': ['echo', 'five parts'],
  'JobB-CPU-Intensive-Processing': ['sh', '-c', `[ "$AWS_BATCH_JOB_ARRAY_INDEX" != ${failing} ]`],
  'JobC-Memory-Intensive-Processing': ['sh', '-c', 'echo part $AWS_BATCH_JOB_ARRAY_INDEX of $AWS_BATCH_JOB_ARRAY_SIZE'],
  'JobD-Sequential-Validation': ['sh', '-c', 'echo checks $AWS_BATCH_JOB_ARRAY_INDEX'],
  'JobE-Cleanup-and-Notification': ['echo', 'from', 'Ref::SourceBucket', 'to', 'Ref::Recipient'],
};
for (const [jobDefinitionName, command] of Object.entries(definitions)) {
  await batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName,
      type: 'container',
      containerProperties: {
        image: 'busybox',
        command: [...command],
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: '64' },
        ],
      },
    }),
  );
}

/** Submits one of the guide's jobs as it is printed, but for its definition, queue, arrays of 5, and the room of a small machine. */
async function submit(name: string, on: string | undefined, jobDefinition: string): Promise<string> {
  const printed: SubmitJobCommandInput = JSON.parse(
    readFileSync(new URL(`guide/${name}.json`, import.meta.url), 'utf8'),
  );
  const { containerOverrides: _large, ...body } = printed;
  const dependsOn = body.dependsOn?.map((each) => (each.jobId === undefined ? each : { ...each, jobId: on }));
  const arrayProperties = body.arrayProperties && { size: Math.min(body.arrayProperties.size ?? 0, size) };
  const input = { ...body, jobQueue: 'default', jobDefinition, dependsOn, arrayProperties };
  const { jobId = '' } = await batch.send(new SubmitJobCommand(input));
  return jobId;
}

const a = await submit('job-a', undefined, 'JobA-list-and-validate');
const b = await submit('job-b', a, 'JobB-CPU-Intensive-Processing');
const c = await submit('job-c', b, 'JobC-Memory-Intensive-Processing');
const d = await submit('job-d', c, 'JobD-Sequential-Validation');
const e = await submit('job-e', d, 'JobE-Cleanup-and-Notification');

for (const [name, jobId] of Object.entries({ a, b, c, d, e })) {
  const { status, statusReason, arrayProperties } = await waitForJob(batch, jobId);
  const { SUCCEEDED, FAILED } = arrayProperties?.statusSummary ?? {};
  const children = arrayProperties ? ` (${SUCCEEDED} of ${arrayProperties.size} children, ${FAILED} failed)` : '';
  console.log(`Job${name.toUpperCase()} ${status}${children}${status === 'FAILED' ? `: ${statusReason}` : ''}`);
}
const order = await batch.send(new DescribeJobsCommand({ jobs: [0, 1, 2].map((index) => `${d}:${index}`) }));
const [first, second, third] = order.jobs ?? [];
const isInOrder =
  (second?.startedAt ?? 0) >= (first?.stoppedAt ?? 0) && (third?.startedAt ?? 0) >= (second?.stoppedAt ?? 0);
if (first?.startedAt !== undefined) console.log(`JobD's children came one after the other: ${isInOrder}`);
