import type { JobDetail, JobSummary } from '@aws-sdk/client-batch';
import type { Client } from '../client/client.ts';
import { describeInTurn, listChildren } from './array-children.ts';
import { failureOf, failureOfAttempt } from './failure.ts';
import { type Failed, noAttempt } from './failure-groups.ts';

/** What failed of a job. */
export interface Failures {
  readonly of: 'child' | 'attempt';
  readonly failed: readonly Failed[];
  /** How many there are in all. */
  readonly total: number;
  /** Children that have not ended. */
  readonly unfinished: number;
}

/** The failed children of an array, or the failed attempts of another job. */
export async function failuresOf(client: Client, job: JobDetail): Promise<Failures> {
  const { size, statusSummary = {} } = job.arrayProperties ?? {};
  if (size === undefined) return failedAttempts(job);
  const { SUCCEEDED = 0, FAILED = 0 } = statusSummary;
  const failed: Failed[] = [];
  for await (const page of listChildren(client, job.jobId ?? '', 'FAILED')) {
    failed.push(...(job.ecsProperties ? await describedFailures(client, page) : page.map(listedFailure)));
  }
  // More may have failed since the array was described.
  return {
    of: 'child',
    failed,
    total: size,
    unfinished: Math.max(0, size - SUCCEEDED - Math.max(FAILED, failed.length)),
  };
}

/** A summary says all of a child with one container. */
function listedFailure({ arrayProperties, statusReason, container }: JobSummary): Failed {
  const failure = { exitCode: container?.exitCode, statusReason, reason: container?.reason };
  return { member: arrayProperties?.index ?? 0, failure };
}

/** Which of several containers failed only DescribeJobs tells. */
async function describedFailures(client: Client, page: readonly JobSummary[]): Promise<readonly Failed[]> {
  const ids = page.flatMap(({ jobId }) => jobId ?? []);
  const details = (await Array.fromAsync(describeInTurn(client, ids))).flat();
  return details.map((child) => ({ member: child.arrayProperties?.index ?? 0, failure: failureOf(child) }));
}

/** All attempts of a job have failed, but for the last of one that has succeeded. */
function failedAttempts(job: JobDetail): Failures {
  const { attempts = [], status } = job;
  const failed = status === 'SUCCEEDED' ? attempts.slice(0, -1) : attempts;
  const total = attempts.length;
  if (status === 'FAILED' && total === 0) {
    return { of: 'attempt', failed: [{ member: noAttempt, failure: failureOf(job) }], total: 1, unfinished: 0 };
  }
  const told = failed.map((attempt, index) => ({ member: index + 1, failure: failureOfAttempt(attempt, job) }));
  return { of: 'attempt', failed: told, total, unfinished: 0 };
}
