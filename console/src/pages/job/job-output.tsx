import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useLogTail } from '../../data/job-logs.ts';
import type { JobDetail } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';

const usualGroup = '/aws/batch/job';

/** The last lines that the job wrote, or why there are none. */
export function JobOutput({ job }: { readonly job: JobDetail }) {
  const text = useText();
  const stream = job.container?.logStreamName;
  const group = job.container?.logConfiguration?.options?.['awslogs-group'] ?? usualGroup;
  const { data, error } = useLogTail(group, stream);
  const lines = data?.events ?? [];
  return (
    <Container header={<Header variant="h2">{text('job.output')}</Header>}>
      {error && <Failure error={error} />}
      {lines.length > 0 ? (
        <Box variant="pre">{lines.map(({ message }) => `${message}\n`).join('')}</Box>
      ) : (
        <Box color="text-body-secondary">{text(stream === undefined ? 'job.output.not-begun' : 'job.output.none')}</Box>
      )}
    </Container>
  );
}
