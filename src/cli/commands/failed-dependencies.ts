import type { JobDetail } from '@aws-sdk/client-batch';
import { statusReasons } from '../../lifecycle/index.ts';
import type { Client } from '../client/client.ts';

/** The jobs whose failure made `job` fail before it could start, as they are now. AWS's reason does not name them. */
export async function failedDependencies(client: Client, job: JobDetail): Promise<readonly JobDetail[]> {
  if (job.status !== 'FAILED' || job.statusReason !== statusReasons.dependencyFailed) return [];
  const ids = dependenciesOf(job);
  if (ids.length === 0) return [];
  const { jobs = [] } = await client.batch('DescribeJobs', { jobs: ids });
  return jobs.filter(({ status }) => status === 'FAILED');
}

/** A child of a SEQUENTIAL array waits for the one before it, which `dependsOn` does not name. */
function dependenciesOf({ jobId = '', dependsOn = [], arrayProperties }: JobDetail): string[] {
  const index = arrayProperties?.index ?? 0;
  return dependsOn.flatMap((dependency) => {
    if (dependency.jobId !== undefined) return [dependency.jobId];
    return index > 0 ? [jobId.replace(/:\d+$/, `:${index - 1}`)] : [];
  });
}
