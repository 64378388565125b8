import { isDeepStrictEqual } from 'node:util';
import type {
  UpdateComputeEnvironmentCommandInput,
  UpdateComputeEnvironmentCommandOutput,
} from '@aws-sdk/client-batch';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import { arnReferred, computeEnvironmentArn, findComputeEnvironment, nameIn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { type ComputeEnvironmentRecord, isBeingModified } from '../records.ts';
import { demand, invalid, refuse, refuseUnsupported } from '../refusals.ts';
import { checkCapacity, isFargate } from '../resources/compute-resources.ts';
import { isServiceLinkedRole, passRole, resolveServiceRole } from '../resources/roles.ts';
import type { BatchRuntime } from '../runtime.ts';
import {
  updateComputeEnvironment as schema,
  type UpdateComputeEnvironmentInput,
} from '../schemas/compute-environment.ts';
import { resourceTagConditions } from '../tags.ts';

type Resources = NonNullable<ComputeEnvironmentRecord['computeResources']>;
type GivenUpdate = NonNullable<UpdateComputeEnvironmentInput['computeResources']>;

const scalingMembers = new Set(['minvCpus', 'maxvCpus', 'desiredvCpus']);

/** A scaling update: state, capacity numbers, service role. Spec 04 §8.1; what would replace instances is refused. */
export const updateComputeEnvironment = batchOperation<
  UpdateComputeEnvironmentCommandInput,
  UpdateComputeEnvironmentCommandOutput
>()({
  schema,
  readOnly: false,
  audit: 'management',
  access,
  handler: (runtime, input, context) => {
    const record = findComputeEnvironment(runtime.ledger, context, input.computeEnvironment);
    // Worded as of a queue.
    const arn = arnReferred(input.computeEnvironment, (name) => computeEnvironmentArn(context, name));
    if (!record) return refuse(`${arn} does not exist`);
    if (isBeingModified(record)) refuse('Cannot update, resource is being modified.');
    refuseUnsupported(input, ['updatePolicy', 'ecsSettings']);
    refuseNothing(input);
    const updated = update(record, input);
    runtime.ledger.transact((transaction) => runtime.settling.putEnvironment(transaction, updated));
    return { computeEnvironmentName: record.name, computeEnvironmentArn: record.arn };
  },
});

function access(
  input: Unvalidated<UpdateComputeEnvironmentInput>,
  context: RequestContext,
  { ledger }: BatchRuntime,
): AccessRequest[] {
  const named = textOf(input.computeEnvironment) ?? '*';
  const resource = computeEnvironmentArn(context, nameIn(named));
  const conditions = resourceTagConditions(findComputeEnvironment(ledger, context, named)?.tags);
  return [
    { action: 'batch:UpdateComputeEnvironment', resource, conditions },
    ...passRole('batch.amazonaws.com', input.serviceRole),
  ];
}

/** The words: hashicorp/terraform-provider-aws issue 43969, and pull request 19205 there of resources that are empty. */
function refuseNothing({
  state,
  serviceRole,
  unmanagedvCpus,
  context,
  computeResources,
}: UpdateComputeEnvironmentInput): void {
  const members = [state, serviceRole, unmanagedvCpus, context, computeResources];
  if (members.every((member) => member === undefined)) {
    refuse('One of [state | compute-resources | service-role | unmanaged-vcpus] is required.');
  }
  const empty = computeResources && Object.values(computeResources).every((member) => member === undefined);
  demand(!empty, 'At least one compute-resources attribute must be specified');
}

function update(record: ComputeEnvironmentRecord, input: UpdateComputeEnvironmentInput): ComputeEnvironmentRecord {
  const managed = record.kind === 'MANAGED';
  const { unmanagedvCpus, context } = input;
  const plain = unmanagedvCpus === undefined || !managed;
  demand(plain, 'unmanagedvCpus is not applicable for managed Compute Environment.');
  return {
    ...record,
    state: input.state ?? record.state,
    status: 'UPDATING',
    statusReason: 'ComputeEnvironment being updated',
    ...(input.serviceRole === undefined ? {} : { serviceRole: changedRole(record, input.serviceRole) }),
    ...(unmanagedvCpus === undefined ? {} : { unmanagedvCpus }),
    ...(context === undefined ? {} : { context }),
    ...(input.computeResources ? { computeResources: resized(record.computeResources, input.computeResources) } : {}),
  };
}

/** Which kind of role an environment has is fixed for its life (spec 04 §5.6). No words are reported of AWS. */
function changedRole(record: ComputeEnvironmentRecord, given: string): string {
  const role = resolveServiceRole(record, given);
  const same = isServiceLinkedRole(role) === isServiceLinkedRole(record.serviceRole ?? '');
  demand(same, 'A compute environment cannot change between the service-linked role and another service role.');
  return role;
}

function resized(resources: Resources | undefined, given: GivenUpdate): Resources {
  if (!resources) return invalid('computeResources is not applicable for unmanaged Compute Environments');
  refuseInfrastructure(resources, given);
  const fargate = isFargate(resources);
  for (const member of ['minvCpus', 'desiredvCpus'] as const) {
    demand(!fargate || given[member] === undefined, `${member} is not applicable for Fargate.`);
  }
  const { maxvCpus = resources.maxvCpus ?? 0 } = given;
  if (fargate) {
    checkCapacity({ maxvCpus });
    return { ...resources, maxvCpus };
  }
  const { minvCpus = resources.minvCpus ?? 0 } = given;
  const current = resources.desiredvCpus ?? minvCpus;
  const { desiredvCpus = Math.max(minvCpus, Math.min(current, maxvCpus)) } = given;
  checkCapacity({ minvCpus, maxvCpus, desiredvCpus });
  if (given.desiredvCpus !== undefined && given.desiredvCpus < current) {
    // The two spaces are AWS's (opensupplyhub/open-apparel-registry issue 2043).
    refuse(
      'Manually scaling down compute environment is not supported.  Disconnecting job queues from compute environment will cause it to scale-down to minvCpus.',
    );
  }
  return { ...resources, minvCpus, maxvCpus, desiredvCpus };
}

/** What is given as it already is changes nothing; on Fargate, neither do empty lists (spec 04 §8.6). */
function refuseInfrastructure(resources: Resources, given: GivenUpdate): void {
  const stored: Readonly<Record<string, unknown>> = { updateToLatestImageVersion: false, ...resources };
  for (const [member, value] of Object.entries(given)) {
    if (value === undefined || scalingMembers.has(member) || isDeepStrictEqual(value, stored[member])) continue;
    if (isFargate(resources) && Array.isArray(value) && value.length === 0) continue;
    refuse(
      `Updating computeResources.${member} is not supported by this version of Batchyard: create a new compute environment.`,
    );
  }
}
