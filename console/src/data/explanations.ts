import type { ExplainJobOutput } from '../../../src/services/batch/batchyard/explained-job.ts';
import { useCall } from './use-call.ts';

/** Why a job is where it is. */
export function useExplanation(jobId: string) {
  return useCall<ExplainJobOutput>(
    { service: 'batchyard', operation: 'ExplainJob', input: { jobId } },
    { untold: true },
  );
}
