import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { JobDetail } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';
import { JobStatusMark } from '../../views/job-status.tsx';
import { nameOfArn } from '../../views/name-of-arn.ts';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

export function JobFacts({ job }: { readonly job: JobDetail }) {
  const text = useText();
  const queue = nameOfArn(job.jobQueue);
  const definition = nameOfArn(job.jobDefinition);
  const [name = '', revision = ''] = definition.split(':');
  const facts = [
    { label: text('jobs.status'), value: <JobStatusMark status={job.status} /> },
    {
      label: text('jobs.queue'),
      value: <PathLink to={`/queues/${encodeURIComponent(queue)}`}>{queue}</PathLink>,
    },
    {
      label: text('job.definition'),
      value: <PathLink to={`/definitions/${encodeURIComponent(name)}?revision=${revision}`}>{definition}</PathLink>,
    },
    { label: text('jobs.created'), value: <Time at={job.createdAt} /> },
    { label: text('job.started'), value: <Time at={job.startedAt} /> },
    { label: text('job.stopped'), value: <Time at={job.stoppedAt} /> },
    { label: text('job.exit-code'), value: job.container?.exitCode ?? '–' },
    { label: text('job.attempts'), value: job.attempts?.length ?? 0 },
    { label: text('audit.title'), value: <AuditLink jobId={job.jobId ?? ''} /> },
  ];
  return (
    <Container header={<Header variant="h2">{text('job.facts')}</Header>}>
      <KeyValuePairs columns={4} items={facts} />
    </Container>
  );
}

/** Who stopped it, among others. */
function AuditLink({ jobId }: { readonly jobId: string }) {
  const text = useText();
  const query = new URLSearchParams({ key: 'ResourceName', value: jobId });
  return <PathLink to={`/audit?${query}`}>{text('audit.of-job')}</PathLink>;
}
