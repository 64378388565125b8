import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { type JobDetail, useJob } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';
import { JobStatusMark } from '../../views/job-status.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';
import { JobActs } from './job-acts.tsx';
import { JobOutput } from './job-output.tsx';
import { JobWhy } from './job-why.tsx';

export function Page() {
  const text = useText();
  const { id = '' } = useParams();
  const { data, error, isPending } = useJob(id);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  const [job] = data.jobs ?? [];
  if (!job) return <Box variant="h1">{text('job.not-found', { id })}</Box>;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={job.jobId} actions={<JobActs job={job} />}>
        {job.jobName}
      </Header>
      <JobWhy id={id} />
      <JobFacts job={job} />
      <JobOutput job={job} />
    </SpaceBetween>
  );
}

function JobFacts({ job }: { readonly job: JobDetail }) {
  const text = useText();
  const facts = [
    { label: text('jobs.status'), value: <JobStatusMark status={job.status} /> },
    { label: text('jobs.queue'), value: nameOf(job.jobQueue) },
    { label: text('job.definition'), value: nameOf(job.jobDefinition) },
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

function nameOf(arn: string | undefined): string {
  return arn?.slice(arn.indexOf('/') + 1) ?? '–';
}
