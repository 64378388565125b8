import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';
import { useJob } from '../../data/jobs.ts';
import { useText } from '../../messages/text-context.tsx';
import { AwsLine } from '../../views/aws-line.tsx';
import { Failure } from '../../views/failure.tsx';
import { JobActs } from './job-acts.tsx';
import { JobFacts } from './job-facts.tsx';
import { JobTabs } from './job-tabs.tsx';
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
      <AwsLine call={{ service: 'batch', operation: 'DescribeJobs', input: { jobs: [id] } }} />
      <JobWhy id={id} status={job.status} />
      <JobFacts job={job} />
      <JobTabs job={job} />
    </SpaceBetween>
  );
}
