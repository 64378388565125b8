import { z } from 'zod';
import type { ResourceRequest } from '../../../core/job.ts';
import type { AccessRequest, Operation, RequestContext } from '../../../core/operation.ts';
import { structureOf, type Unvalidated } from '../../../core/unvalidated.ts';
import { type Container, registerJobDefinition } from '../definition/schema.ts';
import { batchyardOperation } from '../operation.ts';
import { prepareJob, access as submitAccess } from '../operations/submit-job.ts';
import type { BatchRuntime } from '../runtime.ts';
import { type SubmitJobInput, submitJob } from '../schemas/job.ts';
import { unregisteredDefinition } from '../submission/unregistered.ts';
import type { Outlook } from '../yard/index.ts';

export interface ExplainSubmissionInput {
  /** What SubmitJob would be given. */
  readonly submission: SubmitJobInput;
  /** Of a definition that is not registered: `submission` names it, and it is taken as its first revision. */
  readonly containerProperties?: Container | undefined;
}

export interface ExplainSubmissionOutput extends Outlook {
  readonly jobName: string;
  /** ARN. */
  readonly jobQueue: string;
  /** ARN, with the revision. */
  readonly jobDefinition: string;
  /** Of an array: how many children. */
  readonly size?: number;
  /** Of a multi-node job: of how many. */
  readonly nodes?: number;
  /** Of an array: by each child. Of a multi-node job: by all nodes together. */
  readonly asked: ResourceRequest;
}

/**
 * Says what would become of a submission: it is checked by every rule of SubmitJob, and refused in the same words, but nothing is
 * submitted, counted or kept.
 */
export function explainSubmission(runtime: BatchRuntime): Operation<ExplainSubmissionInput, ExplainSubmissionOutput> {
  return batchyardOperation<ExplainSubmissionInput, ExplainSubmissionOutput>(runtime, {
    schema: z.object({
      submission: submitJob,
      containerProperties: registerJobDefinition.shape.containerProperties,
    }),
    readOnly: true,
    audit: { kind: 'management', hide: ['environment'] },
    access: (input, context) => access(runtime, input, context),
    handler: ({ submission: input, containerProperties }, context) => {
      const definition =
        containerProperties && unregisteredDefinition(runtime, context, input.jobDefinition, containerProperties);
      return prepareJob(runtime, {
        input,
        context,
        definition,
        take: (job) => ({
          jobName: job.jobName,
          jobQueue: job.jobQueueArn,
          jobDefinition: job.jobDefinitionArn,
          ...(job.kind === 'array' ? { size: job.size } : {}),
          ...(job.kind === 'multiNode' ? { nodes: job.size } : {}),
          asked: job.resources,
          ...runtime.yard.outlook(job),
        }),
      });
    },
  });
}

/** Who may not submit it is told so here too. */
function access(
  runtime: BatchRuntime,
  { submission }: Unvalidated<ExplainSubmissionInput>,
  context: RequestContext,
): AccessRequest[] {
  const own = { action: 'batchyard:ExplainSubmission', resource: '*' };
  return [own, ...submitAccess(structureOf(submission), context, runtime)];
}
