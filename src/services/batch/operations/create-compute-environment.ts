import type {
  CreateComputeEnvironmentCommandInput,
  CreateComputeEnvironmentCommandOutput,
} from '@aws-sdk/client-batch';
import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { uuidV7 } from '../../../core/random.ts';
import { structureOf, textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import { type EngineKind, engineKinds } from '../../../engines/index.ts';
import { computeEnvironmentArn, ecsClusterArn, isName } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { type ComputeEnvironmentRecord, computeEnvironmentRecords } from '../records.ts';
import { demand, refuse, refuseTaken } from '../refusals.ts';
import { checkComputeResources, isFargate, withDefaults } from '../resources/compute-resources.ts';
import { checkEcsSettings } from '../resources/ecs-settings.ts';
import { askForSize, launchesInstances } from '../resources/fleet.ts';
import { type KnownTypes, knownTypes } from '../resources/instance-types.ts';
import { checkKubernetes } from '../resources/kubernetes.ts';
import { putLaunchSetup } from '../resources/launch-setup.ts';
import { checkUserdataTypes } from '../resources/launch-template.ts';
import { isManagedInstances, managedInstancesAccess } from '../resources/managed-instances.ts';
import {
  isServiceLinkedRole,
  makesLinkedRole,
  passedServiceRole,
  passRole,
  resolveServiceRole,
  roleOfProfile,
} from '../resources/roles.ts';
import type { BatchRuntime, EngineChoice } from '../runtime.ts';
import {
  type CreateComputeEnvironmentInput,
  createComputeEnvironment as schema,
} from '../schemas/compute-environment.ts';
import { checkInstanceTags, checkTags, requestTagConditions, tagOnCreate } from '../tags.ts';

/** Asks for another engine than the default, at creation only. */
const engineTag = 'batchyard:engine';
/** Names the engine's pool that jobs are to run in, at creation only. */
const poolTag = 'batchyard:pool';

/** Creates a compute environment: CREATING until that is durable, then VALID. Spec 04 §5. */
export const createComputeEnvironment = batchOperation<
  CreateComputeEnvironmentCommandInput,
  CreateComputeEnvironmentCommandOutput
>()({
  schema,
  readOnly: false,
  audit: 'management',
  access,
  handler: (runtime, input, context) => {
    checkInput(runtime, input, context.region);
    const scope = scopeOf(context);
    checkUserdataTypes(scope, input.computeResources?.launchTemplate, runtime.findTemplate);
    refuseIfTaken(runtime, scope, input.computeEnvironmentName);
    const record = newRecord(runtime, scope, input);
    if (!input.serviceRole) runtime.roles.makeLinkedRole(scope.account);
    runtime.ledger.transact((transaction) => {
      askForSize(transaction, runtime, record, input.computeResources?.desiredvCpus);
      runtime.settling.putEnvironment(transaction, putLaunchSetup(transaction, runtime, record));
    });
    return { computeEnvironmentName: record.name, computeEnvironmentArn: record.arn };
  },
});

function access(
  input: Unvalidated<CreateComputeEnvironmentInput>,
  context: RequestContext,
  { roles }: BatchRuntime,
): AccessRequest[] {
  const resource = computeEnvironmentArn(context, textOf(input.computeEnvironmentName) ?? '*');
  const { instanceRole, spotIamFleetRole } = structureOf(input.computeResources);
  return [
    { action: 'batch:CreateComputeEnvironment', resource, conditions: requestTagConditions(input.tags) },
    ...tagOnCreate(resource, input.tags),
    ...passRole('batch.amazonaws.com', resource, passedServiceRole(context, input.serviceRole)),
    ...makesLinkedRole(context, input.serviceRole, roles),
    ...passRole('ec2.amazonaws.com', resource, roleOfProfile(context, instanceRole, roles)),
    ...passRole('spotfleet.amazonaws.com', resource, spotIamFleetRole),
    ...managedInstancesAccess(resource, input.computeResources),
  ];
}

/** The words here and below: cdk-preflight; of negative vCPUs and of quotas none are reported of AWS. */
function checkInput(
  { quotas, instanceTypes }: BatchRuntime,
  input: CreateComputeEnvironmentInput,
  region: string,
): void {
  demand(isName(input.computeEnvironmentName), 'Compute Environment name should match a valid pattern.');
  demand(input.state !== 'DISABLED', 'Compute Environment must be created in ENABLED state.');
  checkTags(input.tags, quotas.tagsPerResource);
  checkTags(input.computeResources?.capacityTags, quotas.tagsPerResource);
  checkInstanceTags(input.computeResources?.tags, quotas.tagsPerResource);
  if (input.ecsSettings) checkEcsSettings(input.eksConfiguration);
  if (input.eksConfiguration) checkKubernetes(input, input.eksConfiguration, region);
  if (input.type === 'MANAGED') checkManaged(input, knownTypes(instanceTypes, region));
  else checkUnmanaged(input);
}

function checkManaged(input: CreateComputeEnvironmentInput, types: KnownTypes): void {
  demand(input.computeResources, 'computeResources must be provided for a MANAGED compute environment');
  const plain = input.unmanagedvCpus === undefined;
  demand(plain, 'unmanagedvCpus is not applicable for managed Compute Environment.');
  checkComputeResources(input.computeResources, input.eksConfiguration ? 'EKS' : 'ECS', types);
}

function checkUnmanaged(input: CreateComputeEnvironmentInput): void {
  demand(input.serviceRole, 'ServiceRole is required.');
  const linked = isServiceLinkedRole(input.serviceRole);
  demand(!linked, 'Service Linked Role cannot be used with UNMANAGED Compute Environment.');
  demand((input.unmanagedvCpus ?? 0) >= 0, 'unmanagedvCpus must not be negative.');
  if (!input.computeResources) return;
  demand(!isFargate(input.computeResources), 'Cannot create an UNMANAGED Fargate Compute Environment.');
  const own = !isManagedInstances(input.computeResources);
  demand(own, 'Cannot create an UNMANAGED ECS_MANAGED_INSTANCES Compute Environment.');
}

function refuseIfTaken({ ledger, quotas }: BatchRuntime, scope: Scope, name: string): void {
  if (ledger.get(computeEnvironmentRecords, scope, name)) refuseTaken();
  if (ledger.count(computeEnvironmentRecords, scope) < quotas.computeEnvironments) return;
  refuse(`Maximum number of compute environments (${quotas.computeEnvironments}) reached.`);
}

function newRecord(
  { clock, random, engines, instanceTypes }: BatchRuntime,
  scope: Scope,
  input: CreateComputeEnvironmentInput,
): ComputeEnvironmentRecord {
  const name = input.computeEnvironmentName;
  const createdAt = clock.now();
  const uuid = uuidV7(createdAt, random);
  const { unmanagedvCpus, computeResources, context, ecsSettings, eksConfiguration: eks } = input;
  const types = knownTypes(instanceTypes, scope.region);
  const pool = input.tags?.[poolTag];
  return {
    ...scope,
    name,
    uuid,
    arn: computeEnvironmentArn(scope, name),
    ecsClusterArn: ecsClusterArn(scope, name, uuid),
    kind: input.type,
    state: 'ENABLED',
    status: 'CREATING',
    statusReason: 'ComputeEnvironment being created',
    serviceRole: resolveServiceRole(scope, input.serviceRole),
    ...(unmanagedvCpus === undefined ? {} : { unmanagedvCpus }),
    ...(computeResources ? { computeResources: withDefaults(computeResources, eks ? 'EKS' : 'ECS', types) } : {}),
    ...(context === undefined ? {} : { context }),
    ...(ecsSettings && { ecsSettings }),
    ...(eks && { kubernetes: { clusterArn: eks.eksClusterArn, namespace: eks.kubernetesNamespace } }),
    ...(launchesInstances(input) && { fleet: true }),
    engine: chooseEngine(engines, input.tags?.[engineTag]),
    ...(pool === undefined ? {} : { pool }),
    tags: input.tags ?? {},
    createdAt,
  };
}

/** The engine that the tag asks for if the operator has enabled it, else the installation's. */
function chooseEngine(engines: EngineChoice, wanted: string | undefined): EngineKind {
  const known = engineKinds.find((kind) => kind === wanted);
  return known && engines.enabled.includes(known) ? known : engines.default;
}
