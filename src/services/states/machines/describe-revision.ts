import type { IncludedData } from '@aws-sdk/client-sfn';
import { describeEncryption } from '../encryption.ts';
import type { StateMachineRevisionRecord } from '../records.ts';
import { describeLogging, describeTracing } from './configuration.ts';
import { shownRevisionId } from './revisions.ts';
import { variableReferences } from './variable-references.ts';

/** What DescribeStateMachine and DescribeStateMachineForExecution answer of a revision. */
export function describeRevision(revision: StateMachineRevisionRecord, included: IncludedData = 'ALL_DATA') {
  const revisionId = shownRevisionId(revision);
  const variables = included === 'ALL_DATA' ? variableReferences(revision.definition) : {};
  return {
    name: revision.stateMachineName,
    definition: included === 'ALL_DATA' ? revision.definition : '{}',
    roleArn: revision.roleArn,
    loggingConfiguration: describeLogging(revision.loggingConfiguration),
    tracingConfiguration: describeTracing(revision.tracingConfiguration),
    encryptionConfiguration: describeEncryption(revision.encryptionConfiguration),
    ...(revision.label === undefined ? {} : { label: revision.label }),
    ...(revisionId === undefined ? {} : { revisionId }),
    ...(Object.keys(variables).length === 0 ? {} : { variableReferences: variables }),
  };
}
