import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { ExplainSubmissionOutput } from '../../../src/services/batch/batchyard/explain-submission.ts';
import type { CallError } from '../api/call-error.ts';
import { useWorker } from '../session/session-context.tsx';

/** How long nobody types before it is asked. */
const pause = 300;

/** What would become of a submission, asked anew when it has changed and nobody has typed for a moment. */
export function useSubmissionOutlook(submission: object, enabled: boolean) {
  const worker = useWorker();
  const settled = useSettled(JSON.stringify(submission));
  return useQuery<ExplainSubmissionOutput, CallError>({
    queryKey: ['batchyard', 'ExplainSubmission', settled],
    queryFn: () =>
      worker.call({
        service: 'batchyard',
        operation: 'ExplainSubmission',
        input: { submission: JSON.parse(settled) },
      }) as Promise<ExplainSubmissionOutput>,
    enabled,
    retry: false,
    staleTime: 5_000,
  });
}

/** `value` once it has stayed the same for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
