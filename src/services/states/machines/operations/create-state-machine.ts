import type { CreateStateMachineCommandInput, CreateStateMachineCommandOutput } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import type { Machine } from '../../../../asl/index.ts';
import { type Scope, scopeOf } from '../../../../core/arn.ts';
import { serviceOperation } from '../../../../core/operation.ts';
import { uuidV7 } from '../../../../core/random.ts';
import { textOf } from '../../../../core/unvalidated.ts';
import type { Ledger } from '../../../../store/index.ts';
import { checkEncryption } from '../../encryption.ts';
import { checkName, stateMachineArn } from '../../names.ts';
import { quotas } from '../../quotas.ts';
import {
  type StateMachineRecord,
  type StateMachineRevisionRecord,
  type StateMachineVersionRecord,
  stateMachineRecords,
  stateMachineRevisionRecords,
} from '../../records.ts';
import { stateMachineDeleting, stateMachineExists, stateMachineLimit } from '../../refusals.ts';
import * as shapes from '../../shapes.ts';
import { readTags, tagList, tagOnCreate } from '../../tags.ts';
import { creating, passRole, publishing } from '../access.ts';
import { checkLogging, checkRole } from '../configuration.ts';
import { checkDefinition } from '../definition.ts';
import { currentRevision, publishedVersion, storedRevision, versionsOf } from '../find.ts';
import { makeManagedRules } from '../managed-rules.ts';
import { checkVersionDescription, publishVersion } from '../publishing.ts';
import { isSameConfiguration } from '../revisions.ts';
import type { MachineRuntime } from '../runtime.ts';

const schema = z.object({
  name: shapes.name,
  definition: shapes.definition,
  roleArn: shapes.arn,
  type: shapes.machineType.optional(),
  loggingConfiguration: shapes.loggingConfiguration.optional(),
  tags: tagList.optional(),
  tracingConfiguration: shapes.tracingConfiguration.optional(),
  publish: z.boolean().optional(),
  versionDescription: shapes.description.optional(),
  encryptionConfiguration: shapes.encryptionConfiguration.optional(),
});

type Input = z.infer<typeof schema>;
type Output = Omit<CreateStateMachineCommandOutput, '$metadata'>;

/** Creates a state machine, or answers the one of that name if it is the same: role and tags aside, `publish` and
 * the version's description included, as AWS has it. With `publish` the answer names a version of that configuration. */
export const createStateMachine = serviceOperation<
  MachineRuntime,
  CreateStateMachineCommandInput,
  CreateStateMachineCommandOutput
>()<Input>({
  schema,
  readOnly: false,
  audit: { kind: 'management', hide: ['definition'] },
  maxBody: shapes.definitionBody,
  access: (input, context) => [
    creating(context, input.name, input.tags),
    ...publishing(input.publish, stateMachineArn(context, textOf(input.name) ?? '*')),
    ...tagOnCreate(stateMachineArn(context, textOf(input.name) ?? '*'), input.tags),
    ...passRole(input.roleArn, stateMachineArn(context, textOf(input.name) ?? '*')),
  ],
  handler: async (runtime, input, context) => {
    const scope = scopeOf(context);
    const revision = newRevision(runtime, scope, input);
    const compiled = await checkInput(runtime, scope, input, revision);
    const present = runtime.ledger.get(stateMachineRecords, scope, input.name);
    return present ? repeated(runtime, present, revision, input) : create(runtime, revision, compiled, input);
  },
});

async function checkInput(
  runtime: MachineRuntime,
  scope: Scope,
  input: Input,
  { kind, stateMachineArn: arn }: StateMachineRevisionRecord,
): Promise<Machine> {
  checkName(input.name);
  checkRole(runtime, { ...scope, arn }, input.roleArn);
  checkLogging(input.loggingConfiguration);
  checkEncryption(input.encryptionConfiguration);
  checkVersionDescription(input.publish, input.versionDescription);
  readTags(arn, input.tags);
  return checkDefinition(runtime, input.definition, kind);
}

function newRevision({ clock, random }: MachineRuntime, scope: Scope, input: Input): StateMachineRevisionRecord {
  const { loggingConfiguration, tracingConfiguration, encryptionConfiguration } = input;
  return {
    ...scope,
    name: uuidV7(clock.now(), random),
    stateMachineArn: stateMachineArn(scope, input.name),
    stateMachineName: input.name,
    kind: input.type ?? 'STANDARD',
    isInitial: true,
    definition: input.definition,
    roleArn: input.roleArn,
    ...(loggingConfiguration && { loggingConfiguration }),
    ...(tracingConfiguration && { tracingConfiguration }),
    ...(encryptionConfiguration && { encryptionConfiguration }),
    createdAt: clock.now(),
  };
}

function repeated(
  { ledger }: MachineRuntime,
  machine: StateMachineRecord,
  asked: StateMachineRevisionRecord,
  input: Input,
): Output {
  if (machine.status === 'DELETING') stateMachineDeleting(machine.arn);
  const revision = currentRevision(ledger, machine);
  const isSame = isSameConfiguration(revision, asked) && isSamePublication(ledger, machine, input);
  if (!isSame) return stateMachineExists(machine.arn);
  if (!input.publish) return describe(machine, undefined);
  const version = publishedVersion(ledger, machine, revision.name) ?? versionLike(ledger, machine, asked);
  if (version) return describe(machine, version);
  const publication = { machine, revision, description: input.versionDescription, now: asked.createdAt };
  return describe(
    machine,
    ledger.transact((transaction) => publishVersion(ledger, transaction, publication)),
  );
}

/** As the machine was created, or where nobody knows how, as its current revision has been published. */
function isSamePublication(
  ledger: Ledger,
  machine: StateMachineRecord,
  { publish = false, versionDescription }: Input,
): boolean {
  const { createdWith } = machine;
  if (createdWith) return createdWith.publish === publish && createdWith.versionDescription === versionDescription;
  const version = publishedVersion(ledger, machine, machine.revisionId);
  return !publish || (version !== undefined && version.description === versionDescription);
}

/** The newest version of the same configuration: there is one after an update away and back. */
function versionLike(
  ledger: Ledger,
  machine: StateMachineRecord,
  asked: StateMachineRevisionRecord,
): StateMachineVersionRecord | undefined {
  return versionsOf(ledger, machine).find(({ revisionId }) => {
    const revision = storedRevision(ledger, machine, revisionId);
    // Most differ in this, which is soon told.
    return revision.definition === asked.definition && isSameConfiguration(revision, asked);
  });
}

function create(
  { ledger, catalog }: MachineRuntime,
  revision: StateMachineRevisionRecord,
  compiled: Machine,
  input: Input,
): Output {
  const { account, region, stateMachineArn: arn, kind, createdAt } = revision;
  if (ledger.count(stateMachineRecords, revision) >= quotas.stateMachines) stateMachineLimit(quotas.stateMachines);
  const { publish, versionDescription: description } = input;
  const machine: StateMachineRecord = {
    ...{ account, region, arn, kind, createdAt },
    name: input.name,
    status: 'ACTIVE',
    revisionId: revision.name,
    lastVersion: 0,
    createdWith: {
      publish: publish === true,
      ...(description !== undefined && { versionDescription: description }),
    },
    tags: readTags(arn, input.tags),
  };
  catalog.keep(revision, compiled);
  return ledger.transact((transaction) => {
    transaction.put(stateMachineRevisionRecords, revision);
    transaction.put(stateMachineRecords, machine);
    makeManagedRules(ledger, transaction, revision, compiled);
    const publication = { machine, revision, description, now: createdAt };
    return describe(machine, publish ? publishVersion(ledger, transaction, publication) : undefined);
  });
}

function describe(machine: StateMachineRecord, version: StateMachineVersionRecord | undefined): Output {
  const published = version && { stateMachineVersionArn: version.arn };
  return { stateMachineArn: machine.arn, creationDate: new Date(machine.createdAt), ...published };
}
