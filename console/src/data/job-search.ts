import type {
  CountJobsOutput,
  SearchedFor,
  SearchJobsInput,
  SearchJobsOutput,
} from '../../../src/services/batch/batchyard/search-jobs.ts';
import { useCall, type Wire } from './use-call.ts';

export type { SearchedFor };
export type SearchedJob = Wire<SearchJobsOutput['jobs'][number]>;

/** A page of the jobs that are looked for, newest first. */
export function useJobSearch(input: SearchJobsInput) {
  return useCall<Wire<SearchJobsOutput>>({ service: 'batchyard', operation: 'SearchJobs', input });
}

/** How many there are, by status: of the first two thousand that are looked at. */
export function useJobCount(input: SearchedFor) {
  return useCall<Wire<CountJobsOutput>>({ service: 'batchyard', operation: 'CountJobs', input });
}
