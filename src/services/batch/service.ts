import type { ServiceDefinition } from '../../core/operation.ts';
import { createBatchyardService } from './batchyard/service.ts';
import { type BatchOperationName, batchBindings } from './bindings.ts';
import { CommandSessions } from './commands/sessions.ts';
import { DefinitionCompiler } from './definition/compile.ts';
import { definitionExpiry } from './definition/expiry.ts';
import { Idempotency } from './idempotency.ts';
import { LatestRevisions } from './names.ts';
import { createComputeEnvironment } from './operations/create-compute-environment.ts';
import { createConsumableResource } from './operations/create-consumable-resource.ts';
import { createJobQueue } from './operations/create-job-queue.ts';
import { createQuotaShare } from './operations/create-quota-share.ts';
import { createSchedulingPolicy } from './operations/create-scheduling-policy.ts';
import { createServiceEnvironment } from './operations/create-service-environment.ts';
import { deleteComputeEnvironment } from './operations/delete-compute-environment.ts';
import { deleteConsumableResource } from './operations/delete-consumable-resource.ts';
import { deleteJobQueue } from './operations/delete-job-queue.ts';
import { deleteQuotaShare } from './operations/delete-quota-share.ts';
import { deleteSchedulingPolicy } from './operations/delete-scheduling-policy.ts';
import { deleteServiceEnvironment } from './operations/delete-service-environment.ts';
import { deregisterJobDefinition } from './operations/deregister-job-definition.ts';
import { describeComputeEnvironments } from './operations/describe-compute-environments.ts';
import { describeConsumableResource } from './operations/describe-consumable-resource.ts';
import { describeJobDefinitions } from './operations/describe-job-definitions.ts';
import { describeJobQueues } from './operations/describe-job-queues.ts';
import { describeJobs } from './operations/describe-jobs.ts';
import { describeQuotaShare } from './operations/describe-quota-share.ts';
import { describeSchedulingPolicies } from './operations/describe-scheduling-policies.ts';
import { describeServiceEnvironments } from './operations/describe-service-environments.ts';
import { describeServiceJob } from './operations/describe-service-job.ts';
import { getJobQueueSnapshot } from './operations/get-job-queue-snapshot.ts';
import { listConsumableResources } from './operations/list-consumable-resources.ts';
import { listJobs } from './operations/list-jobs.ts';
import { listJobsByConsumableResource } from './operations/list-jobs-by-consumable-resource.ts';
import { listQuotaShares } from './operations/list-quota-shares.ts';
import { listSchedulingPolicies } from './operations/list-scheduling-policies.ts';
import { listServiceJobs } from './operations/list-service-jobs.ts';
import { registerJobDefinition } from './operations/register-job-definition.ts';
import { cancelJob, cancelJobs, terminateJob, terminateJobs } from './operations/stop-jobs.ts';
import { submitJob } from './operations/submit-job.ts';
import { submitServiceJob } from './operations/submit-service-job.ts';
import { listTagsForResource, tagResource, untagResource } from './operations/tags.ts';
import { terminateServiceJob, terminateServiceJobs } from './operations/terminate-service-jobs.ts';
import { updateComputeEnvironment } from './operations/update-compute-environment.ts';
import { updateConsumableResource } from './operations/update-consumable-resource.ts';
import { updateJobQueue } from './operations/update-job-queue.ts';
import { updateQuotaShare } from './operations/update-quota-share.ts';
import { updateSchedulingPolicy } from './operations/update-scheduling-policy.ts';
import { updateServiceEnvironment } from './operations/update-service-environment.ts';
import { updateServiceJob } from './operations/update-service-job.ts';
import { RateLimit } from './quotas.ts';
import { Regions } from './regions.ts';
import { ResourceSettling } from './resources/settling.ts';
import type { BatchRuntime, BatchServiceOptions } from './runtime.ts';
import { ServiceHeads } from './service-jobs/heads.ts';

/** AWS Batch as a service of the registry, and Batchyard's own beside it. */
export interface BatchService {
  readonly definition: ServiceDefinition<BatchOperationName>;
  /** What no AWS API has: explanations, and facts of the installation. */
  readonly batchyard: ServiceDefinition;
  /** Brings a region to life (default environment and queue) if it is not: for the first start. */
  ensureRegion(scope: Parameters<Regions['ensure']>[0]): void;
  /** Commands that run in jobs for clients. */
  readonly commands: CommandSessions;
  /** Takes up what a crash, or a failed commit, left under way. Call whenever memory has been rebuilt. */
  resume(): void;
  /** Tells and ends nothing by itself until the next `resume`. A queue that is deleted has its jobs ended slice by slice: refused, and begun anew. */
  pause(): void;
}

export function createBatchService(options: BatchServiceOptions): BatchService {
  const runtime = createRuntime(options);
  options.due.register(definitionExpiry);
  return {
    definition: {
      name: 'batch',
      apiVersion: '2016-08-10',
      protocol: { kind: 'restJson1', bindings: batchBindings },
      errors: { validation: 'ClientException', internal: 'ServerException' },
      operations: operationsOf(runtime),
    },
    batchyard: createBatchyardService(runtime),
    commands: runtime.commands,
    ensureRegion: (scope) => runtime.regions.ensure(scope),
    resume: () => {
      runtime.regions.forget();
      runtime.latestRevisions.forget();
      runtime.settling.resume();
      runtime.serviceHeads.resume();
    },
    pause: () => runtime.serviceHeads.pause(),
  };
}

function createRuntime(options: BatchServiceOptions): BatchRuntime {
  const { ledger, facts, store, yard, clock, random, engines, quotas, findTemplate, roles, jobTurns, logger } = options;
  const serviceHeads = new ServiceHeads({ ledger, facts, store, jobTurns, clock, random, logger });
  const runsPods = engines.enabled.includes('kubernetes');
  return {
    ...options,
    regions: new Regions({ ledger, facts, yard, clock, random, engine: engines.default }),
    settling: new ResourceSettling({
      ...{ ledger, facts, yard, jobTurns, serviceHeads, runsPods, findTemplate, roles, clock, random, logger },
    }),
    serviceHeads,
    definitions: new DefinitionCompiler(),
    latestRevisions: new LatestRevisions(ledger),
    idempotency: new Idempotency(store.reads, clock),
    submitRate: new RateLimit(clock, quotas.submitJobPerSecond),
    commands: new CommandSessions(clock, random),
  };
}

/** Every operation of the SDK version in the lock file: a missing one is a type error. */
function operationsOf(runtime: BatchRuntime): ServiceDefinition<BatchOperationName>['operations'] {
  return {
    CancelJob: cancelJob(runtime),
    CancelJobs: cancelJobs(runtime),
    CreateComputeEnvironment: createComputeEnvironment(runtime),
    CreateConsumableResource: createConsumableResource(runtime),
    CreateJobQueue: createJobQueue(runtime),
    CreateQuotaShare: createQuotaShare(runtime),
    CreateSchedulingPolicy: createSchedulingPolicy(runtime),
    CreateServiceEnvironment: createServiceEnvironment(runtime),
    DeleteComputeEnvironment: deleteComputeEnvironment(runtime),
    DeleteConsumableResource: deleteConsumableResource(runtime),
    DeleteJobQueue: deleteJobQueue(runtime),
    DeleteQuotaShare: deleteQuotaShare(runtime),
    DeleteSchedulingPolicy: deleteSchedulingPolicy(runtime),
    DeleteServiceEnvironment: deleteServiceEnvironment(runtime),
    DeregisterJobDefinition: deregisterJobDefinition(runtime),
    DescribeComputeEnvironments: describeComputeEnvironments(runtime),
    DescribeConsumableResource: describeConsumableResource(runtime),
    DescribeJobDefinitions: describeJobDefinitions(runtime),
    DescribeJobQueues: describeJobQueues(runtime),
    DescribeJobs: describeJobs(runtime),
    DescribeQuotaShare: describeQuotaShare(runtime),
    DescribeSchedulingPolicies: describeSchedulingPolicies(runtime),
    DescribeServiceEnvironments: describeServiceEnvironments(runtime),
    DescribeServiceJob: describeServiceJob(runtime),
    GetJobQueueSnapshot: getJobQueueSnapshot(runtime),
    ListConsumableResources: listConsumableResources(runtime),
    ListJobs: listJobs(runtime),
    ListJobsByConsumableResource: listJobsByConsumableResource(runtime),
    ListQuotaShares: listQuotaShares(runtime),
    ListSchedulingPolicies: listSchedulingPolicies(runtime),
    ListServiceJobs: listServiceJobs(runtime),
    ListTagsForResource: listTagsForResource(runtime),
    RegisterJobDefinition: registerJobDefinition(runtime),
    SubmitJob: submitJob(runtime),
    SubmitServiceJob: submitServiceJob(runtime),
    TagResource: tagResource(runtime),
    TerminateJob: terminateJob(runtime),
    TerminateJobs: terminateJobs(runtime),
    TerminateServiceJob: terminateServiceJob(runtime),
    TerminateServiceJobs: terminateServiceJobs(runtime),
    UntagResource: untagResource(runtime),
    UpdateComputeEnvironment: updateComputeEnvironment(runtime),
    UpdateConsumableResource: updateConsumableResource(runtime),
    UpdateJobQueue: updateJobQueue(runtime),
    UpdateQuotaShare: updateQuotaShare(runtime),
    UpdateSchedulingPolicy: updateSchedulingPolicy(runtime),
    UpdateServiceEnvironment: updateServiceEnvironment(runtime),
    UpdateServiceJob: updateServiceJob(runtime),
  };
}
