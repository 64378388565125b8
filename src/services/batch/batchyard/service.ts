import type { HttpBinding, ServiceDefinition } from '../../../core/operation.ts';
import type { BatchRuntime } from '../runtime.ts';
import { createBackup } from './create-backup.ts';
import { describeInstallation } from './describe-installation.ts';
import { executeCommand } from './execute-command.ts';
import { explainJob } from './explain-job.ts';
import { explainSubmission } from './explain-submission.ts';
import { ImageWork } from './image-work.ts';
import { importImages, listImages, pruneImages, pullImage } from './images.ts';
import { drainInstance, interruptInstance, listInstances } from './instances.ts';
import { listTaskUsage } from './list-task-usage.ts';
import { describePermissions, updatePermissions } from './permissions.ts';
import { rerunJob } from './rerun-job.ts';

export type BatchyardOperationName =
  | 'CreateBackup'
  | 'DescribeInstallation'
  | 'DescribePermissions'
  | 'DrainInstance'
  | 'ExecuteCommand'
  | 'ExplainJob'
  | 'ExplainSubmission'
  | 'ImportImages'
  | 'InterruptInstance'
  | 'ListImages'
  | 'ListInstances'
  | 'ListTaskUsage'
  | 'PruneImages'
  | 'PullImage'
  | 'RerunJob'
  | 'UpdatePermissions';

const bindings: Readonly<Record<BatchyardOperationName, HttpBinding>> = {
  CreateBackup: { method: 'POST', path: '/batchyard/v1/createbackup' },
  DescribeInstallation: { method: 'POST', path: '/batchyard/v1/describeinstallation' },
  DescribePermissions: { method: 'POST', path: '/batchyard/v1/describepermissions' },
  DrainInstance: { method: 'POST', path: '/batchyard/v1/draininstance' },
  ExecuteCommand: { method: 'POST', path: '/batchyard/v1/executecommand' },
  ExplainJob: { method: 'POST', path: '/batchyard/v1/explainjob' },
  ExplainSubmission: { method: 'POST', path: '/batchyard/v1/explainsubmission' },
  ImportImages: { method: 'POST', path: '/batchyard/v1/importimages' },
  InterruptInstance: { method: 'POST', path: '/batchyard/v1/interruptinstance' },
  ListImages: { method: 'POST', path: '/batchyard/v1/listimages' },
  ListInstances: { method: 'POST', path: '/batchyard/v1/listinstances' },
  ListTaskUsage: { method: 'POST', path: '/batchyard/v1/listtaskusage' },
  PruneImages: { method: 'POST', path: '/batchyard/v1/pruneimages' },
  PullImage: { method: 'POST', path: '/batchyard/v1/pullimage' },
  RerunJob: { method: 'POST', path: '/batchyard/v1/rerunjob' },
  UpdatePermissions: { method: 'POST', path: '/batchyard/v1/updatepermissions' },
};

/** Batchyard's own service: what its command and console ask that AWS Batch does not tell. */
export function createBatchyardService(runtime: BatchRuntime): ServiceDefinition<BatchyardOperationName> {
  return {
    name: 'batchyard',
    apiVersion: '2025-01-01',
    protocol: { kind: 'restJson1', bindings },
    errors: { validation: 'ClientException', internal: 'ServerException' },
    operations: {
      CreateBackup: createBackup(runtime),
      DescribeInstallation: describeInstallation(runtime),
      DescribePermissions: describePermissions(runtime),
      DrainInstance: drainInstance(runtime),
      ExecuteCommand: executeCommand(runtime),
      ExplainJob: explainJob(runtime),
      ExplainSubmission: explainSubmission(runtime),
      ImportImages: importImages(runtime, new ImageWork(runtime.clock)),
      InterruptInstance: interruptInstance(runtime),
      ListImages: listImages(runtime),
      ListInstances: listInstances(runtime),
      ListTaskUsage: listTaskUsage(runtime),
      PruneImages: pruneImages(runtime),
      PullImage: pullImage(runtime, new ImageWork(runtime.clock)),
      RerunJob: rerunJob(runtime),
      UpdatePermissions: updatePermissions(runtime),
    },
  };
}
