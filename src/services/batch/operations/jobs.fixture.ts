import type { JobDetail } from '@aws-sdk/client-batch';
import type { JobId } from '../../../core/ids.ts';
import { type Bench, type BenchOptions, openBench, smallDefinition } from '../batch.fixture.ts';

export const arn = 'arn:aws:batch:us-east-1:123456789012';

/** The least that a submission can be. */
export const job = { jobName: 'j', jobQueue: 'default', jobDefinition: 'x' };

export async function benchWithDefinition(options: BenchOptions = {}): Promise<Bench> {
  const bench = await openBench(options);
  await bench.call('RegisterJobDefinition', smallDefinition);
  return bench;
}

/** Submits `job` with a change, a millisecond after whatever came before. */
export async function submit(bench: Bench, change: object = {}): Promise<JobId> {
  bench.clock.advance(1);
  const { jobId } = await bench.call<{ jobId: JobId }>('SubmitJob', { ...job, ...change });
  return jobId;
}

/** Jobs as they go over the wire. */
export async function describe({ call }: Bench, ...jobs: string[]): Promise<JobDetail[]> {
  const answer = await call<{ jobs: JobDetail[] }>('DescribeJobs', { jobs });
  return JSON.parse(JSON.stringify(answer.jobs));
}
