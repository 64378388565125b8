import type { Ledger } from '../../../store/index.ts';
import { describeEncryption } from '../encryption.ts';
import { type StateMachineRevisionRecord, stateMachineRecords, stateMachineVersionRecords } from '../records.ts';
import { describeLogging, describeTracing } from './configuration.ts';

/** What a revision is made of, less what it is of. */
export type Configuration = Pick<
  StateMachineRevisionRecord,
  'kind' | 'definition' | 'roleArn' | 'loggingConfiguration' | 'tracingConfiguration' | 'encryptionConfiguration'
>;

/** Whether two configurations are the same to AWS, whose idempotency of CreateStateMachine leaves the role out. */
export function isSameConfiguration(one: Configuration, other: Configuration): boolean {
  return keyOf(one) === keyOf(other);
}

function keyOf(configuration: Configuration): string {
  const { kind, definition } = configuration;
  const { level, includeExecutionData, destinations = [] } = describeLogging(configuration.loggingConfiguration);
  const groups = destinations.map(({ cloudWatchLogsLogGroup }) => cloudWatchLogsLogGroup?.logGroupArn);
  const { enabled } = describeTracing(configuration.tracingConfiguration);
  const { type, kmsKeyId, kmsDataKeyReusePeriodSeconds } = describeEncryption(configuration.encryptionConfiguration);
  const encryption = [type, kmsKeyId, kmsDataKeyReusePeriodSeconds];
  return JSON.stringify([kind, definition, level, includeExecutionData, groups, enabled, encryption]);
}

/** The revision id as AWS answers it: none for the one that CreateStateMachine made. */
export function shownRevisionId({ isInitial, name }: StateMachineRevisionRecord): string | undefined {
  return isInitial ? undefined : name;
}

/** Whether a machine or a version still has the revision; executions may have it besides. */
export function isInUse(ledger: Ledger, revision: StateMachineRevisionRecord): boolean {
  const machine = ledger.get(stateMachineRecords, revision, revision.stateMachineName);
  if (machine?.revisionId === revision.name) return true;
  const versions = ledger.by(stateMachineVersionRecords, revision, 'revision', { value: revision.name });
  return !versions.next().done;
}
