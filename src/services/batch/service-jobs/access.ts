import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { textOf, textsOf } from '../../../core/unvalidated.ts';
import { serviceJobArn } from '../names.ts';
import type { BatchRuntime } from '../runtime.ts';
import { resourceTagConditions, tagsOfServiceJobs } from '../tags.ts';

/** Access to one service job, with the tags that it has. */
export async function serviceJobAccess(
  action: string,
  runtime: BatchRuntime,
  context: RequestContext,
  jobId: unknown,
): Promise<AccessRequest[]> {
  const named = textOf(jobId) ?? '*';
  const tags = (await tagsOfServiceJobs(runtime, context, [named])).get(named);
  const conditions = resourceTagConditions(tags);
  return [{ action: `batch:${action}`, resource: serviceJobArn(context, named), conditions }];
}

/** Access to each of many service jobs: what one is refused, the others are not. */
export async function serviceJobsAccess(
  action: string,
  runtime: BatchRuntime,
  context: RequestContext,
  jobs: unknown,
): Promise<AccessRequest[]> {
  const named = textsOf(jobs);
  const tags = await tagsOfServiceJobs(runtime, context, named);
  return named.map((jobId) => ({
    action: `batch:${action}`,
    resource: serviceJobArn(context, jobId),
    conditions: resourceTagConditions(tags.get(jobId)),
    entry: jobId,
  }));
}
