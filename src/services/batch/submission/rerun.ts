import type { JobId } from '../../../core/ids.ts';
import { isTerminal } from '../../../core/job.ts';
import type { RerunRecord } from '../../../core/job-specification.ts';
import { nodeSpecification } from '../../../core/node-specification.ts';
import type { StoreReads } from '../../../store/index.ts';
import type { ContainerOverrides, EcsPropertiesOverride } from '../definition/schema.ts';
import { refuse } from '../refusals.ts';
import { type SubmitJobInput, submitJob } from '../schemas/job.ts';
import { childIndexes, type ShownJob } from '../shown-jobs.ts';

/** Says of a job which it runs again. */
export const rerunTag = 'batchyard:rerun-of';

/** What is to be otherwise this time. */
export interface RerunChanges {
  /** Only what has failed. */
  readonly failed?: boolean | undefined;
  readonly jobDefinition?: string | undefined;
  readonly dependsOn?: SubmitJobInput['dependsOn'];
  readonly resourceRequirements?: ContainerOverrides['resourceRequirements'];
  readonly attempts?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
}

/** A job as it was submitted, to be submitted again. */
export interface Rerun {
  readonly input: SubmitJobInput;
  readonly rerun: RerunRecord;
}

/** Which children a rerun has: all of an array, or those of another. */
interface Members {
  /** Absent: it is no array. */
  readonly size?: number;
  readonly children?: RerunRecord['children'];
}

/** Makes the submission that runs `job` again, or refuses. */
export async function rerunOf(
  reads: StoreReads,
  job: ShownJob,
  changes: RerunChanges,
  mostTags: number,
): Promise<Rerun> {
  const { size, children } = await membersOf(reads, job, changes.failed === true);
  return {
    input: inputOf(job, changes, size, mostTags),
    rerun: { of: job.id, ...(children && { children }) },
  };
}

async function membersOf(reads: StoreReads, job: ShownJob, onlyFailed: boolean): Promise<Members> {
  const { record, part, id, state, specification } = job;
  const before = specification.rerun?.children;
  if (part?.kind === 'node')
    refuse(`Node ${part.index} of multi-node job ${record.jobId} does not run by itself: rerun the job.`);
  if (part) {
    refuseUnlessFailed(job, onlyFailed);
    return { children: originals([part.index], part.array.size, before) };
  }
  if (record.kind !== 'array') {
    refuseUnlessFailed(job, onlyFailed);
    return before ? { children: before } : {};
  }
  const { size } = record;
  if (!onlyFailed) return { size, ...(before && { children: before }) };
  const failed = await childIndexes(reads, record, 'FAILED');
  if (failed.length === 0) {
    const yet = isTerminal(state.status) ? '' : ' yet';
    refuse(`No child of array job ${id} has failed${yet}.`);
  }
  const children = originals(failed, size, before);
  return failed.length === 1 ? { children } : { size: failed.length, children };
}

/** A rerun of a rerun is one of the first array's children. */
function originals(
  indexes: readonly number[],
  size: number,
  before: RerunRecord['children'],
): NonNullable<RerunRecord['children']> {
  if (!before) return { size, indexes };
  return { size: before.size, indexes: indexes.flatMap((index) => before.indexes[index] ?? []) };
}

function refuseUnlessFailed({ id, state }: ShownJob, onlyFailed: boolean): void {
  if (onlyFailed && state.status !== 'FAILED') refuse(`Job ${id} has not failed: it is ${state.status}.`);
}

function inputOf(job: ShownJob, changes: RerunChanges, size: number | undefined, mostTags: number): SubmitJobInput {
  const { record, specification } = job;
  const { dependsOn: _jobs, arrayProperties: _size, ...request } = submitJob.parse(specification.request);
  const dependsOn = dependenciesOf(job, changes, size);
  const { attempts, timeoutSeconds, jobDefinition = record.jobDefinitionArn } = changes;
  const { evaluateOnExit } = record.retryStrategy;
  return {
    ...request,
    ...overridesOf(job, request, changes.resourceRequirements),
    jobDefinition,
    tags: tagsOf(job, mostTags),
    ...(size === undefined ? {} : { arrayProperties: { size } }),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
    ...(attempts === undefined ? {} : { retryStrategy: { attempts, evaluateOnExit: [...evaluateOnExit] } }),
    ...(timeoutSeconds === undefined ? {} : { timeout: { attemptDurationSeconds: timeoutSeconds } }),
  };
}

/** It waits for no job that the first one waited for, only for those given now; children wait for each other as before. */
function dependenciesOf(
  { record }: ShownJob,
  { dependsOn = [] }: RerunChanges,
  size: number | undefined,
): NonNullable<SubmitJobInput['dependsOn']> {
  const inOrder = size !== undefined && record.dependsOn.some(({ type }) => type === 'SEQUENTIAL');
  const given = dependsOn.some(({ type }) => type === 'SEQUENTIAL');
  return inOrder && !given ? [...dependsOn, { type: 'SEQUENTIAL' }] : dependsOn;
}

/** Where all tags are taken the mark gives way. */
function tagsOf({ id, record }: ShownJob, mostTags: number): Readonly<Record<string, string>> {
  const marked = { ...record.tags, [rerunTag]: id };
  return Object.keys(marked).length > mostTags ? record.tags : marked;
}

type Overrides = Pick<SubmitJobInput, 'containerOverrides' | 'ecsPropertiesOverride'>;
type Requirements = NonNullable<RerunChanges['resourceRequirements']>;

function overridesOf(
  { id, record, specification }: ShownJob,
  { containerOverrides = {}, ecsPropertiesOverride = {} }: Overrides,
  requirements: RerunChanges['resourceRequirements'] = [],
): Overrides {
  if (requirements.length === 0) return {};
  if (record.kind === 'multiNode') return refuse(`Job ${id} has several nodes: their resources stay as they were.`);
  const node = nodeSpecification(specification);
  if (node?.isTask !== true) return { containerOverrides: withRequirements(containerOverrides, requirements) };
  const [container, ...others] = node.containers;
  if (others.length > 0) return refuse(`Job ${id} has several containers: their resources stay as they were.`);
  return { ecsPropertiesOverride: taskWithRequirements(ecsPropertiesOverride, container?.name, requirements) };
}

function taskWithRequirements(
  { taskProperties = [] }: EcsPropertiesOverride,
  name: string | undefined,
  requirements: Requirements,
): EcsPropertiesOverride {
  const own = taskProperties[0]?.containers?.[0] ?? { name };
  return { taskProperties: [{ containers: [{ name, ...withRequirements(own, requirements) }] }] };
}

/** What is asked anew stands instead of what was asked before, in whichever form. */
function withRequirements<Own extends ContainerOverrides>(own: Own, requirements: Requirements): Own {
  const { vcpus, memory, resourceRequirements = [], ...rest } = own;
  const anew = new Set(requirements.map(({ type }) => type));
  return {
    ...(rest as Own),
    ...(vcpus === undefined || anew.has('VCPU') ? {} : { vcpus }),
    ...(memory === undefined || anew.has('MEMORY') ? {} : { memory }),
    resourceRequirements: [...resourceRequirements.filter(({ type }) => !anew.has(type)), ...requirements],
  };
}

/** Says of a job what it runs again, in one line for people. */
export function rerunWords(rerun: RerunRecord | undefined, index?: number): string | undefined {
  if (!rerun) return undefined;
  const { of, children } = rerun;
  const [only, ...others] = children?.indexes ?? [];
  const original = index === undefined ? only : children?.indexes[index];
  if (children && (index !== undefined || others.length === 0)) {
    return `runs ${of as JobId} again, as child ${original} of ${children.size}`;
  }
  return `runs ${of} again${children ? `: ${children.indexes.length} of its children, by their own indexes` : ''}`;
}
