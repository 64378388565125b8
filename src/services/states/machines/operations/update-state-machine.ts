import type { UpdateStateMachineCommandInput, UpdateStateMachineCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import type { Machine } from '../../../../asl/index.ts';
import { scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { uuidV7 } from '../../../../core/random.ts';
import type { Ledger } from '../../../../store/index.ts';
import { machineAccess } from '../../access.ts';
import { checkEncryption } from '../../encryption.ts';
import {
  type StateMachineRecord,
  type StateMachineRevisionRecord,
  stateMachineRecords,
  stateMachineRevisionRecords,
} from '../../records.ts';
import { missingParameter } from '../../refusals.ts';
import * as shapes from '../../shapes.ts';
import { passRole, publishing } from '../access.ts';
import { checkLogging, checkRole } from '../configuration.ts';
import { checkDefinition } from '../definition.ts';
import { changeableMachine, currentRevision, publishedVersion } from '../find.ts';
import { makeManagedRules } from '../managed-rules.ts';
import { checkVersionDescription, publishVersion } from '../publishing.ts';
import { isSameConfiguration, shownRevisionId } from '../revisions.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({
  stateMachineArn: shapes.arn,
  definition: shapes.definition.optional(),
  roleArn: shapes.arn.optional(),
  loggingConfiguration: shapes.loggingConfiguration.optional(),
  tracingConfiguration: shapes.tracingConfiguration.optional(),
  publish: z.boolean().optional(),
  versionDescription: shapes.description.optional(),
  encryptionConfiguration: shapes.encryptionConfiguration.optional(),
});

type Input = z.infer<typeof schema>;

/**
 * Gives a state machine a new revision; executions under way keep theirs. Members not given stay as they are. Where nothing
 * changes, the revision stays the same, and `publish` answers the version that it has; with another description than that
 * version's it makes another one.
 */
export const updateStateMachine = serviceOperation<
  MachineRuntime,
  UpdateStateMachineCommandInput,
  UpdateStateMachineCommandOutput
>()<Input>({
  schema,
  readOnly: false,
  audit: { kind: 'management', hide: ['definition'] },
  maxBody: shapes.definitionBody,
  access: (input, context) => [
    ...machineAccess('UpdateStateMachine', context, input.stateMachineArn),
    ...publishing(input.publish, input.stateMachineArn),
    ...passRole(input.roleArn, input.stateMachineArn),
  ],
  handler: async (runtime, input, context) => {
    const { ledger, clock, catalog } = runtime;
    const compiled = await checkInput(
      runtime,
      changeableMachine(ledger, scopeOf(context), input.stateMachineArn),
      input,
    );
    // Meanwhile it may have been changed or deleted.
    const present = changeableMachine(ledger, scopeOf(context), input.stateMachineArn);
    const now = clock.now();
    return ledger.transact((transaction) => {
      const revision = revise(runtime, present, input);
      const machine: StateMachineRecord = { ...present, revisionId: revision.name };
      if (revision.name !== present.revisionId) {
        transaction.put(stateMachineRevisionRecords, revision);
        transaction.put(stateMachineRecords, machine);
        // One that stays had its rules made, and may have been accepted by another release: it need not be read again.
        if (compiled) {
          catalog.keep(revision, compiled);
          makeManagedRules(ledger, transaction, revision, compiled);
        }
      }
      const publication = { machine, revision, description: input.versionDescription, now };
      const version = input.publish ? publishVersion(ledger, transaction, publication) : undefined;
      const revisionId = shownRevisionId(revision);
      return {
        updateDate: new Date(now),
        ...(revisionId === undefined ? {} : { revisionId }),
        ...(version && { stateMachineVersionArn: version.arn }),
      };
    });
  },
});

/** Answers the machine of the new definition, if there is one. */
async function checkInput(
  runtime: MachineRuntime,
  machine: StateMachineRecord,
  input: Input,
): Promise<Machine | undefined> {
  const { definition, roleArn, loggingConfiguration, tracingConfiguration, encryptionConfiguration } = input;
  if (
    definition === undefined &&
    !roleArn &&
    !loggingConfiguration &&
    !tracingConfiguration &&
    !encryptionConfiguration
  ) {
    missingParameter(
      'Either the definition, the role ARN, the LoggingConfiguration, the TracingConfiguration, or the EncryptionConfiguration must be specified',
    );
  }
  if (roleArn !== undefined) checkRole(runtime, machine, roleArn);
  checkLogging(loggingConfiguration);
  checkEncryption(encryptionConfiguration);
  checkVersionDescription(input.publish, input.versionDescription);
  return definition === undefined ? undefined : checkDefinition(runtime, definition, machine.kind);
}

/** The revision that the machine has after the update: a new one unless nothing changes, the version's description included. */
function revise(
  { ledger, clock, random }: MachineRuntime,
  machine: StateMachineRecord,
  input: Input,
): StateMachineRevisionRecord {
  const { definition, roleArn, loggingConfiguration, tracingConfiguration, encryptionConfiguration } = input;
  const current = currentRevision(ledger, machine);
  const next: StateMachineRevisionRecord = {
    ...current,
    ...(definition === undefined ? {} : { definition }),
    ...(roleArn === undefined ? {} : { roleArn }),
    ...(loggingConfiguration && { loggingConfiguration }),
    ...(tracingConfiguration && { tracingConfiguration }),
    ...(encryptionConfiguration && { encryptionConfiguration }),
    name: uuidV7(clock.now(), random),
    isInitial: false,
    createdAt: clock.now(),
  };
  const isSame = isSameConfiguration(current, next) && current.roleArn === next.roleArn;
  return isSame && !isPublishedOtherwise(ledger, machine, input) ? current : next;
}

/**
 * Whether a version is asked for with another description than the current revision's has. A revision has one version at most
 * (PublishStateMachineVersion is idempotent by it), so that the new version needs a new revision.
 */
function isPublishedOtherwise(
  ledger: Ledger,
  machine: StateMachineRecord,
  { publish, versionDescription }: Input,
): boolean {
  if (!publish || versionDescription === undefined) return false;
  const version = publishedVersion(ledger, machine, machine.revisionId);
  return version !== undefined && version.description !== versionDescription;
}
