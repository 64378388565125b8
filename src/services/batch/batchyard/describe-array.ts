import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import { jobStatuses } from '../../../core/job.ts';
import type { Operation } from '../../../core/operation.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { type ChildCode, decodeChildren, statusOfCode } from '../../../jobs/index.ts';
import { isChildJobId, isJobId, jobArn } from '../names.ts';
import { batchyardOperation } from '../operation.ts';
import { refuse } from '../refusals.ts';
import type { BatchRuntime } from '../runtime.ts';

export interface DescribeArrayOutput {
  readonly jobId: string;
  readonly jobName: string;
  /** How many children. */
  readonly size: number;
  /**
   * Four bits a child, by index, the higher four of a byte first, in base64: the place of its status among SUBMITTED, PENDING, RUNNABLE,
   * STARTING, RUNNING, SUCCEEDED and FAILED.
   */
  readonly states: string;
  /** When a child changed last. */
  readonly changedAt: EpochMilliseconds;
}

/** What every child of an array is: 10,000 of them are 7 kB. */
export function describeArray(runtime: BatchRuntime): Operation<{ readonly jobId: string }, DescribeArrayOutput> {
  const { reads } = runtime.store;
  return batchyardOperation<{ readonly jobId: string }, DescribeArrayOutput>(runtime, {
    schema: z.object({ jobId: z.string() }),
    readOnly: true,
    audit: 'management',
    access: ({ jobId }, context) => [
      { action: 'batchyard:DescribeArray', resource: jobArn(context, textOf(jobId) ?? '*') },
    ],
    handler: async ({ jobId }, context) => {
      const ids = isJobId(jobId) && !isChildJobId(jobId) ? [jobId] : [];
      const [job] = await reads.jobs(scopeOf(context), ids);
      if (!job) return refuse(`Job ${jobId} not found.`);
      const { record } = job;
      if (record.kind !== 'array') return refuse(`Job ${jobId} is no array job.`);
      const [row] = await reads.arrayBits([record.number]);
      if (!row) return refuse(`Job ${jobId} not found.`);
      const { codes, changedAt } = decodeChildren(row.bits, record.size);
      return { jobId, jobName: record.jobName, size: record.size, states: statesOf(codes), changedAt };
    },
  });
}

function statesOf(codes: Uint8Array): string {
  const bytes = new Uint8Array(Math.ceil(codes.length / 2));
  for (let index = 0; index < codes.length; index += 1) {
    const place = jobStatuses.indexOf(statusOfCode(codes[index] as ChildCode));
    bytes[index >> 1] = (bytes[index >> 1] ?? 0) | (index % 2 === 0 ? place << 4 : place);
  }
  return Buffer.from(bytes).toString('base64');
}
