import { useQuery } from '@tanstack/react-query';
import { readUsage } from '../../../src/cli/history/usage.ts';
import type { UsageGroup, UsageKind } from '../../../src/services/batch/index.ts';
import type { CallError } from '../api/call-error.ts';
import { useRegion, useWorker } from '../session/session-context.tsx';
import { serverCalls } from './server-calls.ts';

export type { UsageGroup, UsageKind };

const hour = 3_600_000;

/** What jobs took whose attempts ended within `span` ms, or run; the most vCPU hours first. Read again while the page is looked at. */
export function useUsage(by: UsageKind, span: number) {
  const worker = useWorker();
  const region = useRegion();
  // Hours are what is kept: within one the question is the same.
  const since = Math.max(0, Math.floor((Date.now() - span) / hour) * hour);
  return useQuery<{ readonly groups: readonly UsageGroup[] }, CallError>({
    queryKey: ['batchyard', 'ListUsage', { by, since }, region],
    queryFn: () => readUsage(serverCalls(worker), by, since),
    refetchInterval: 30_000,
    retry: false,
  });
}
