import {
  DescribeComputeEnvironmentsCommand,
  DescribeJobsCommand,
  type JobStatus,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  UpdateComputeEnvironmentCommand,
} from '@aws-sdk/client-batch';
import type { Clients } from '../../test/support/sdk.ts';
import { until } from './pause.ts';

/** A server with the SDK's clients for it. */
interface Served {
  readonly clients: Clients;
}

/** Registers a definition of one vCPU and 32 MiB. */
export async function define({ clients }: Served, name: string, command: readonly string[]): Promise<void> {
  await clients.batch.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: name,
      type: 'container',
      containerProperties: {
        image: 'host',
        command: [...command],
        resourceRequirements: [
          { type: 'VCPU', value: '1' },
          { type: 'MEMORY', value: '32' },
        ],
      },
    }),
  );
}

/** Submits to the default queue; answers the job's id. */
export async function submit({ clients }: Served, jobDefinition: string, jobName = 'bench'): Promise<string> {
  const { jobId } = await clients.batch.send(new SubmitJobCommand({ jobName, jobQueue: 'default', jobDefinition }));
  if (jobId === undefined) throw new Error('a submitted job has no id');
  return jobId;
}

/** The same of an array. */
export async function submitArray({ clients }: Served, jobDefinition: string, size: number): Promise<string> {
  const input = { jobName: 'bench', jobQueue: 'default', jobDefinition, arrayProperties: { size } };
  const { jobId } = await clients.batch.send(new SubmitJobCommand(input));
  if (jobId === undefined) throw new Error('a submitted array has no id');
  return jobId;
}

/** Waits until an array has ended. Rejects unless all of its children have succeeded. */
export async function waitForArray({ clients }: Served, jobId: string, interval: number): Promise<void> {
  const status = await until('the array', interval, async () => {
    const { jobs = [] } = await clients.batch.send(new DescribeJobsCommand({ jobs: [jobId] }));
    return jobs[0]?.status === 'PENDING' ? undefined : jobs[0]?.status;
  });
  if (status !== 'SUCCEEDED') throw new Error(`the array ended ${status}`);
}

/** Lets the default compute environment take jobs, or not; resolves when it is so. */
export async function setEnvironment({ clients }: Served, state: 'ENABLED' | 'DISABLED'): Promise<void> {
  await clients.batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment: 'default', state }));
  await until('the compute environment', 5, async () => {
    const { computeEnvironments = [] } = await clients.batch.send(new DescribeComputeEnvironmentsCommand({}));
    const [found] = computeEnvironments;
    return (found?.state === state && found.status === 'VALID') || undefined;
  });
}

/** Waits until no job is left that has not ended. It asks seldom: what it costs is the server's. */
export async function waitUntilIdle({ clients }: Served, interval = 200): Promise<void> {
  const statuses: readonly JobStatus[] = ['RUNNABLE', 'STARTING', 'RUNNING'];
  for (const jobStatus of statuses) {
    await until(`no job to be ${jobStatus}`, interval, async () => {
      const page = new ListJobsCommand({ jobQueue: 'default', jobStatus, maxResults: 1 });
      return (await clients.batch.send(page)).jobSummaryList?.length === 0 || undefined;
    });
  }
}
