import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import type { FirstRunProgress } from '../../data/first-run.ts';
import { firstRunParts, type PartState } from '../../fields/first-run.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { PathLink } from '../../views/path-link.tsx';

const types: Readonly<Record<PartState, StatusIndicatorProps.Type>> = {
  waiting: 'pending',
  running: 'in-progress',
  made: 'success',
  exists: 'info',
  failed: 'error',
};
const words: Readonly<Record<PartState, string>> = {
  waiting: 'first-run.waiting',
  running: 'first-run.running',
  made: 'first-run.made',
  exists: 'first-run.exists',
  failed: 'first-run.failed',
};
const titles = {
  environment: 'first-run.environment',
  queue: 'first-run.queue',
  definition: 'first-run.definition',
  job: 'first-run.job',
} as const;

/** What is there, what is being made, and why it does not go on. */
export function Progress({ run }: { readonly run: FirstRunProgress }) {
  const text = useText();
  const { states, error, jobId } = run;
  if (Object.values(states).every((state) => state === 'waiting')) return null;
  return (
    <Container header={<Header variant="h2">{text('first-run.progress')}</Header>}>
      <SpaceBetween size="s">
        {firstRunParts.map((part) => (
          <StatusIndicator key={part} type={types[states[part]]}>
            {`${text(titles[part])}: ${text(words[states[part]])}`}
          </StatusIndicator>
        ))}
        {error && <Failure error={error} />}
        {jobId !== undefined && (
          <Alert type="success">
            {text('first-run.done')} <PathLink to={`/jobs/${jobId}`}>{text('first-run.see-job')}</PathLink>
          </Alert>
        )}
      </SpaceBetween>
    </Container>
  );
}
