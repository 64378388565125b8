import type { TerminalStatus } from '../core/job.ts';
import { encodeChildren } from './child-codec.ts';
import type { JobEntry } from './entry.ts';
import type { EndedJob } from './ports.ts';

/** What is told of a job that has ended to those that are submitted later and depend on it. */
export function endedJob(job: JobEntry, status: TerminalStatus): EndedJob {
  const { jobId, kind } = job;
  if (kind !== 'array') return { jobId, kind, status };
  const { children, changedAt } = job;
  return { jobId, kind, status, size: children.size, bits: encodeChildren({ codes: children.codes(), changedAt }) };
}
