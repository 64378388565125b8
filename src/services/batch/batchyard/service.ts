import type { JobReference } from '../../../core/job.ts';
import type { HttpBinding, ServiceDefinition } from '../../../core/operation.ts';
import { StartEstimates } from '../estimates/index.ts';
import type { BatchRuntime } from '../runtime.ts';
import { createBackup } from './create-backup.ts';
import { describeArray } from './describe-array.ts';
import { describeInstallation } from './describe-installation.ts';
import { describeInstanceTypes } from './describe-instance-types.ts';
import { executeCommand } from './execute-command.ts';
import { explainJob } from './explain-job.ts';
import { explainSubmission } from './explain-submission.ts';
import { getOverview } from './get-overview.ts';
import { groupFailures } from './group-failures.ts';
import { ImageWork } from './image-work.ts';
import { importImages, listImages, pruneImages, pullImage } from './images.ts';
import { describeInstance, drainInstance, interruptInstance, listInstances } from './instances.ts';
import { getJobTimeline } from './job-timeline.ts';
import { getJobUsage } from './job-usage.ts';
import { listQueues } from './list-queues.ts';
import { listTaskUsage } from './list-task-usage.ts';
import { listUsage } from './list-usage.ts';
import { describePermissions, updatePermissions } from './permissions.ts';
import { holdJobQueue, releaseJobQueue } from './queue-holds.ts';
import { rerunJob } from './rerun-job.ts';
import { countJobs, searchJobs } from './search-jobs.ts';

export type BatchyardOperationName =
  | 'CountJobs'
  | 'CreateBackup'
  | 'DescribeArray'
  | 'DescribeInstallation'
  | 'DescribeInstance'
  | 'DescribeInstanceTypes'
  | 'DescribePermissions'
  | 'DrainInstance'
  | 'ExecuteCommand'
  | 'ExplainJob'
  | 'ExplainSubmission'
  | 'GetJobTimeline'
  | 'GetJobUsage'
  | 'GetOverview'
  | 'GroupFailures'
  | 'HoldJobQueue'
  | 'ImportImages'
  | 'InterruptInstance'
  | 'ListImages'
  | 'ListInstances'
  | 'ListQueues'
  | 'ListTaskUsage'
  | 'ListUsage'
  | 'PruneImages'
  | 'PullImage'
  | 'ReleaseJobQueue'
  | 'RerunJob'
  | 'SearchJobs'
  | 'UpdatePermissions';

const bindings: Readonly<Record<BatchyardOperationName, HttpBinding>> = {
  CountJobs: { method: 'POST', path: '/batchyard/v1/countjobs' },
  CreateBackup: { method: 'POST', path: '/batchyard/v1/createbackup' },
  DescribeArray: { method: 'POST', path: '/batchyard/v1/describearray' },
  DescribeInstallation: { method: 'POST', path: '/batchyard/v1/describeinstallation' },
  DescribeInstance: { method: 'POST', path: '/batchyard/v1/describeinstance' },
  DescribeInstanceTypes: { method: 'POST', path: '/batchyard/v1/describeinstancetypes' },
  DescribePermissions: { method: 'POST', path: '/batchyard/v1/describepermissions' },
  DrainInstance: { method: 'POST', path: '/batchyard/v1/draininstance' },
  ExecuteCommand: { method: 'POST', path: '/batchyard/v1/executecommand' },
  ExplainJob: { method: 'POST', path: '/batchyard/v1/explainjob' },
  ExplainSubmission: { method: 'POST', path: '/batchyard/v1/explainsubmission' },
  GetJobTimeline: { method: 'POST', path: '/batchyard/v1/getjobtimeline' },
  GetJobUsage: { method: 'POST', path: '/batchyard/v1/getjobusage' },
  GetOverview: { method: 'POST', path: '/batchyard/v1/getoverview' },
  GroupFailures: { method: 'POST', path: '/batchyard/v1/groupfailures' },
  HoldJobQueue: { method: 'POST', path: '/batchyard/v1/holdjobqueue' },
  ImportImages: { method: 'POST', path: '/batchyard/v1/importimages' },
  InterruptInstance: { method: 'POST', path: '/batchyard/v1/interruptinstance' },
  ListImages: { method: 'POST', path: '/batchyard/v1/listimages' },
  ListInstances: { method: 'POST', path: '/batchyard/v1/listinstances' },
  ListQueues: { method: 'POST', path: '/batchyard/v1/listqueues' },
  ListTaskUsage: { method: 'POST', path: '/batchyard/v1/listtaskusage' },
  ListUsage: { method: 'POST', path: '/batchyard/v1/listusage' },
  PruneImages: { method: 'POST', path: '/batchyard/v1/pruneimages' },
  PullImage: { method: 'POST', path: '/batchyard/v1/pullimage' },
  ReleaseJobQueue: { method: 'POST', path: '/batchyard/v1/releasejobqueue' },
  RerunJob: { method: 'POST', path: '/batchyard/v1/rerunjob' },
  SearchJobs: { method: 'POST', path: '/batchyard/v1/searchjobs' },
  UpdatePermissions: { method: 'POST', path: '/batchyard/v1/updatepermissions' },
};

/** Batchyard's own service: what its command and console ask that AWS Batch does not tell. */
export function createBatchyardService(runtime: BatchRuntime): ServiceDefinition<BatchyardOperationName> {
  const { store, yard, clock } = runtime;
  const stateFor = (job: JobReference) => yard.stateFor(job);
  const estimates = new StartEstimates({ stateFor, reads: store.reads, clock });
  return {
    name: 'batchyard',
    apiVersion: '2025-01-01',
    protocol: { kind: 'restJson1', bindings },
    errors: { validation: 'ClientException', internal: 'ServerException' },
    operations: {
      CountJobs: countJobs(runtime),
      CreateBackup: createBackup(runtime),
      DescribeArray: describeArray(runtime),
      DescribeInstallation: describeInstallation(runtime),
      DescribeInstance: describeInstance(runtime),
      DescribeInstanceTypes: describeInstanceTypes(runtime),
      DescribePermissions: describePermissions(runtime),
      DrainInstance: drainInstance(runtime),
      ExecuteCommand: executeCommand(runtime),
      ExplainJob: explainJob(runtime, estimates),
      ExplainSubmission: explainSubmission(runtime),
      GetJobTimeline: getJobTimeline(runtime),
      GetJobUsage: getJobUsage(runtime),
      GetOverview: getOverview(runtime),
      GroupFailures: groupFailures(runtime),
      HoldJobQueue: holdJobQueue(runtime),
      ImportImages: importImages(runtime, new ImageWork(runtime.clock)),
      InterruptInstance: interruptInstance(runtime),
      ListImages: listImages(runtime),
      ListInstances: listInstances(runtime),
      ListQueues: listQueues(runtime),
      ListTaskUsage: listTaskUsage(runtime),
      ListUsage: listUsage(runtime),
      PruneImages: pruneImages(runtime),
      PullImage: pullImage(runtime, new ImageWork(runtime.clock)),
      ReleaseJobQueue: releaseJobQueue(runtime),
      RerunJob: rerunJob(runtime),
      SearchJobs: searchJobs(runtime),
      UpdatePermissions: updatePermissions(runtime),
    },
  };
}
