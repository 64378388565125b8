import type {
  UpdateComputeEnvironmentCommandInput,
  UpdateComputeEnvironmentCommandOutput,
} from '@aws-sdk/client-batch';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { structureOf, textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import { arnReferred, computeEnvironmentArn, findComputeEnvironment, nameIn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { type ComputeEnvironmentRecord, defaultUpdatePolicy, isBeingModified, type UpdatePolicy } from '../records.ts';
import { demand, refuse } from '../refusals.ts';
import { isFargate } from '../resources/compute-resources.ts';
import { checkEcsSettings } from '../resources/ecs-settings.ts';
import { updateResources } from '../resources/environment-update.ts';
import { askForSize, withTrueSize } from '../resources/fleet.ts';
import { type KnownTypes, knownTypes } from '../resources/instance-types.ts';
import { putLaunchSetup } from '../resources/launch-setup.ts';
import { checkUserdataTypes } from '../resources/launch-template.ts';
import { managedInstancesAccess } from '../resources/managed-instances.ts';
import {
  isServiceLinkedRole,
  passedServiceRole,
  passRole,
  resolveServiceRole,
  roleOfProfile,
} from '../resources/roles.ts';
import type { BatchRuntime } from '../runtime.ts';
import {
  updateComputeEnvironment as schema,
  type UpdateComputeEnvironmentInput,
} from '../schemas/compute-environment.ts';
import { checkInstanceTags, checkTags, resourceTagConditions } from '../tags.ts';

const longestTimeoutMinutes = 7200;

/**
 * Updates a compute environment: UPDATING until that is durable, and until the instances that it had are gone where an update changes what they are. Spec
 * 04 §8.
 */
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
    refuseNothing(input);
    checkTags(input.computeResources?.capacityTags, runtime.quotas.tagsPerResource);
    checkInstanceTags(input.computeResources?.tags, runtime.quotas.tagsPerResource);
    checkUserdataTypes(record, input.computeResources?.launchTemplate, runtime.findTemplate);
    const types = knownTypes(runtime.instanceTypes, record.region);
    const updated = update(withTrueSize(record, runtime), input, types);
    const takesLatestImage = input.computeResources?.updateToLatestImageVersion === true;
    runtime.ledger.transact((transaction) => {
      askForSize(transaction, runtime, record, input.computeResources?.desiredvCpus);
      const after = needsSetup(record, updated)
        ? putLaunchSetup(transaction, runtime, updated, takesLatestImage)
        : updated;
      runtime.settling.putEnvironment(transaction, after);
    });
    return { computeEnvironmentName: record.name, computeEnvironmentArn: record.arn };
  },
});

/** Of one that is INVALID nothing was launched: any update looks again at what is to be. */
function needsSetup(before: ComputeEnvironmentRecord, after: ComputeEnvironmentRecord): boolean {
  return after.updating === 'infrastructure' || before.status === 'INVALID';
}

function access(
  input: Unvalidated<UpdateComputeEnvironmentInput>,
  context: RequestContext,
  { ledger, roles }: BatchRuntime,
): AccessRequest[] {
  const named = textOf(input.computeEnvironment) ?? '*';
  const resource = computeEnvironmentArn(context, nameIn(named));
  const conditions = resourceTagConditions(findComputeEnvironment(ledger, context, named)?.tags);
  return [
    { action: 'batch:UpdateComputeEnvironment', resource, conditions },
    ...passRole('batch.amazonaws.com', resource, passedServiceRole(context, input.serviceRole)),
    ...passRole(
      'ec2.amazonaws.com',
      resource,
      roleOfProfile(context, structureOf(input.computeResources).instanceRole, roles),
    ),
    ...managedInstancesAccess(resource, input.computeResources),
  ];
}

/** The words: hashicorp/terraform-provider-aws issue 43969, and pull request 19205 there of resources that are empty. */
function refuseNothing({
  state,
  serviceRole,
  unmanagedvCpus,
  context,
  computeResources,
  updatePolicy,
  ecsSettings,
}: UpdateComputeEnvironmentInput): void {
  const members = [state, serviceRole, unmanagedvCpus, context, computeResources, updatePolicy, ecsSettings];
  if (members.every((member) => member === undefined)) {
    refuse('One of [state | compute-resources | service-role | unmanaged-vcpus] is required.');
  }
  const empty = computeResources && Object.values(computeResources).every((member) => member === undefined);
  demand(!empty, 'At least one compute-resources attribute must be specified');
}

function update(
  record: ComputeEnvironmentRecord,
  input: UpdateComputeEnvironmentInput,
  types: KnownTypes,
): ComputeEnvironmentRecord {
  const { state, unmanagedvCpus, context, ecsSettings, updatePolicy, serviceRole, computeResources } = input;
  const plain = unmanagedvCpus === undefined || record.kind === 'UNMANAGED';
  demand(plain, 'unmanagedvCpus is not applicable for managed Compute Environment.');
  if (ecsSettings) checkEcsSettings(record.kubernetes);
  const role = serviceRole === undefined ? undefined : changedRole(record, serviceRole);
  const change = computeResources && updateResources(record, computeResources, types);
  const policy = updatePolicy && changedPolicy(record, updatePolicy);
  return {
    ...record,
    ...(state && { state }),
    status: 'UPDATING',
    statusReason: 'ComputeEnvironment being updated',
    updating: change && change.infrastructure.length > 0 ? 'infrastructure' : 'scaling',
    ...(role === undefined ? {} : { serviceRole: role }),
    ...(unmanagedvCpus === undefined ? {} : { unmanagedvCpus }),
    ...(context === undefined ? {} : { context }),
    ...(ecsSettings && { ecsSettings: { ...record.ecsSettings, ...ecsSettings } }),
    ...(policy && { updatePolicy: policy }),
    ...(change && { computeResources: change.resources }),
  };
}

/** On Fargate AWS takes it and ignores it (API reference, UpdatePolicy). No words are reported of AWS. */
function changedPolicy(
  { kind, computeResources, updatePolicy }: ComputeEnvironmentRecord,
  given: NonNullable<UpdateComputeEnvironmentInput['updatePolicy']>,
): UpdatePolicy | undefined {
  demand(kind === 'MANAGED', 'updatePolicy is not applicable for unmanaged Compute Environments.');
  const before = updatePolicy ?? defaultUpdatePolicy;
  const {
    terminateJobsOnUpdate = before.terminateJobsOnUpdate,
    jobExecutionTimeoutMinutes = before.jobExecutionTimeoutMinutes,
  } = given;
  const fits = jobExecutionTimeoutMinutes >= 1 && jobExecutionTimeoutMinutes <= longestTimeoutMinutes;
  demand(fits, `jobExecutionTimeoutMinutes must be between 1 and ${longestTimeoutMinutes}.`);
  if (computeResources && isFargate(computeResources)) return undefined;
  return { terminateJobsOnUpdate, jobExecutionTimeoutMinutes };
}

/** Which kind of role an environment has is fixed for its life (spec 04 §5.6). No words are reported of AWS. */
function changedRole(record: ComputeEnvironmentRecord, given: string): string {
  const role = resolveServiceRole(record, given);
  const same = isServiceLinkedRole(role) === isServiceLinkedRole(record.serviceRole ?? '');
  demand(same, 'A compute environment cannot change between the service-linked role and another service role.');
  return role;
}
