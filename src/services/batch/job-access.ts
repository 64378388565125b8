import type { Scope } from '../../core/arn.ts';
import type { AccessRequest, RequestContext } from '../../core/operation.ts';
import { textOf, textsOf } from '../../core/unvalidated.ts';
import type { Tags } from '../../store/index.ts';
import type { BatchRuntime } from './runtime.ts';
import { resourceTagConditions } from './tags.ts';

/** Of jobs, or of service jobs: their ARNs, and the tags of those that there are. */
export interface JobKind {
  arnOf(scope: Scope, jobId: string): string;
  tagsOf(runtime: BatchRuntime, scope: Scope, jobIds: readonly string[]): Promise<ReadonlyMap<string, Tags>>;
}

/** Access to one job, with the tags that it has. */
export async function jobAccess(
  { arnOf, tagsOf }: JobKind,
  action: string,
  runtime: BatchRuntime,
  context: RequestContext,
  jobId: unknown,
): Promise<AccessRequest[]> {
  const named = textOf(jobId) ?? '*';
  const tags = (await tagsOf(runtime, context, [named])).get(named);
  return [{ action: `batch:${action}`, resource: arnOf(context, named), conditions: resourceTagConditions(tags) }];
}

/** Access to each of many jobs: what one is refused, the others are not. */
export async function jobsAccess(
  { arnOf, tagsOf }: JobKind,
  action: string,
  runtime: BatchRuntime,
  context: RequestContext,
  jobs: unknown,
): Promise<AccessRequest[]> {
  const named = textsOf(jobs);
  // More of them are refused whatever tags they have: of those nothing is read for somebody who may be allowed nothing.
  const tags = await tagsOf(runtime, context, named.slice(0, runtime.quotas.stoppedPerCall));
  return named.map((jobId) => ({
    action: `batch:${action}`,
    resource: arnOf(context, jobId),
    conditions: resourceTagConditions(tags.get(jobId)),
    entry: jobId,
  }));
}
