import Box from '@cloudscape-design/components/box';
import type { ExplainJobOutput } from '../../../../src/services/batch/batchyard/explained-job.ts';
import { useText } from '../../messages/text-context.tsx';
import { Time } from '../../views/time.tsx';

/** When a job is expected to start, always marked as an estimate; or why nobody can tell. */
export function JobStart({ start }: { readonly start: ExplainJobOutput['start'] }) {
  const text = useText();
  if (!start) return <Box>{text('job.estimate.begun')}</Box>;
  if (start.kind === 'estimated')
    return (
      <Box>
        {text('job.estimate.at')} <Time at={start.at} /> ({start.text})
      </Box>
    );
  return (
    <Box>
      {text('job.estimate.unknown')} {start.text}
      {start.notBefore !== undefined && (
        <>
          {' '}
          {text('job.estimate.not-before')} <Time at={start.notBefore} />
        </>
      )}
    </Box>
  );
}
