import type { RegisterJobDefinitionCommandInput, RegisterJobDefinitionCommandOutput } from '@aws-sdk/client-batch';
import { scopeOf } from '../../../core/arn.ts';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import {
  isTrue,
  numberOf,
  structureOf,
  structuresOf,
  textMapOf,
  textOf,
  type Unvalidated,
} from '../../../core/unvalidated.ts';
import { checkDefinition } from '../definition/definition.ts';
import {
  type Container,
  type GivenNodeRange,
  type RegisterJobDefinitionInput,
  registerJobDefinition as schema,
} from '../definition/schema.ts';
import { jobDefinitionArn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { type JobDefinitionRecord, jobDefinitionRecords, revisionCounterRecords } from '../records.ts';
import { passRole } from '../resources/roles.ts';
import type { BatchRuntime } from '../runtime.ts';
import { requestTagConditions, tagOnCreate } from '../tags.ts';

/** Registers the next revision of a name. Numbers are never used twice, whatever was deregistered. Spec 02 §2. */
export const registerJobDefinition = batchOperation<
  RegisterJobDefinitionCommandInput,
  RegisterJobDefinitionCommandOutput
>()({
  schema,
  readOnly: false,
  audit: { kind: 'management', hide: ['environment', 'env'] },
  access,
  handler: ({ ledger, quotas, clock }, input, context) => {
    checkDefinition(input, quotas);
    const scope = scopeOf(context);
    const { jobDefinitionName: name, tags = {}, ...given } = input;
    const request = withoutEmptyVariables(given);
    return ledger.transact((transaction) => {
      const revision = (ledger.get(revisionCounterRecords, scope, name)?.lastRevision ?? 0) + 1;
      const arn = jobDefinitionArn(scope, name, revision);
      const record: JobDefinitionRecord = {
        ...scope,
        name,
        revision,
        arn,
        status: 'ACTIVE',
        request,
        tags,
        createdAt: clock.now(),
      };
      transaction.put(revisionCounterRecords, { ...scope, name, lastRevision: revision });
      transaction.put(jobDefinitionRecords, record);
      return { jobDefinitionName: name, jobDefinitionArn: arn, revision };
    });
  },
});

/**
 * The same without environment variables that have no value: AWS takes them and does not keep them
 * (hashicorp/terraform-provider-aws pull request 29820).
 */
function withoutEmptyVariables<Request extends Given>(request: Request): Request {
  const { nodeProperties } = request;
  const ranges = nodeProperties?.nodeRangeProperties.map((range) => ({ ...range, ...ofRequest(range) }));
  return {
    ...request,
    ...ofRequest(
      { container: request.containerProperties, ecsProperties: request.ecsProperties },
      'containerProperties',
    ),
    ...(nodeProperties && { nodeProperties: { ...nodeProperties, nodeRangeProperties: ranges } }),
  };
}

type Given = Pick<RegisterJobDefinitionInput, 'containerProperties' | 'ecsProperties' | 'nodeProperties'>;

/** What runs of a definition, or of a range of its nodes, where a container has another name. */
function ofRequest(
  { container, ecsProperties }: Pick<GivenNodeRange, 'container' | 'ecsProperties'>,
  member: 'container' | 'containerProperties' = 'container',
) {
  const tasks = ecsProperties?.taskProperties.map((task) => ({
    ...task,
    containers: task.containers.map(withoutEmpty),
  }));
  return {
    ...(container && { [member]: withoutEmpty(container) }),
    ...(tasks && { ecsProperties: { taskProperties: tasks } }),
  };
}

function withoutEmpty<Given extends Pick<Container, 'environment'>>(given: Given): Given {
  return given.environment ? { ...given, environment: given.environment.filter(({ value }) => value) } : given;
}

/**
 * Policies name the definition without a revision, and may look at what its container is (spec 05 §2.3): at each one, where nodes
 * have several, and what one of them may not be, none may.
 */
function access(
  input: Unvalidated<RegisterJobDefinitionInput>,
  context: RequestContext,
  { ledger }: BatchRuntime,
): AccessRequest[] {
  const containers = containersOf(input);
  const name = textOf(input.jobDefinitionName) ?? '*';
  const resource = jobDefinitionArn(context, name);
  const revision = (ledger.get(revisionCounterRecords, scopeOf(context), name)?.lastRevision ?? 0) + 1;
  const tags = requestTagConditions(input.tags);
  const conditions = [...containers.map(containerConditions), ...podConditions(input)].map((own) => ({
    ...tags,
    ...own,
  }));
  return [
    ...(conditions.length > 0 ? conditions : [tags]).map((each) => ({
      action: 'batch:RegisterJobDefinition',
      resource,
      conditions: each,
    })),
    ...tagOnCreate(jobDefinitionArn(context, name, revision), input.tags),
    ...passRole('ecs-tasks.amazonaws.com', resource, ...containers.flatMap(rolesOf), ...rolesOfTasks(input)),
  ];
}

function containersOf(input: Unvalidated<RegisterJobDefinitionInput>): readonly Unvalidated<Container>[] {
  const own = input.containerProperties === undefined ? [] : [structureOf(input.containerProperties)];
  const ofNodes = rangesOf(input).flatMap(({ container }) => (container === undefined ? [] : [structureOf(container)]));
  return [...own, ...ofNodes, ...tasksOf(input).flatMap(({ containers }) => structuresOf(containers))];
}

function rangesOf({ nodeProperties }: Unvalidated<RegisterJobDefinitionInput>) {
  return structuresOf(structureOf(nodeProperties).nodeRangeProperties);
}

function rolesOf({ jobRoleArn, executionRoleArn }: Unvalidated<Container>): readonly unknown[] {
  return [jobRoleArn, executionRoleArn];
}

function rolesOfTasks(input: Unvalidated<RegisterJobDefinitionInput>): readonly unknown[] {
  return tasksOf(input).flatMap(({ taskRoleArn, executionRoleArn }) => [taskRoleArn, executionRoleArn]);
}

function tasksOf(input: Unvalidated<RegisterJobDefinitionInput>) {
  const owners = [input.ecsProperties, ...rangesOf(input).map(({ ecsProperties }) => ecsProperties)];
  return owners.flatMap((owner) => structuresOf(structureOf(owner).taskProperties));
}

/** Of each container of pods, the initial ones too, with what is of the pod. */
function podConditions(input: Unvalidated<RegisterJobDefinitionInput>): readonly Record<string, string>[] {
  const owners = [input.eksProperties, ...rangesOf(input).map(({ eksProperties }) => eksProperties)];
  return owners.flatMap((owner) => {
    const pod = structureOf(structureOf(owner).podProperties);
    const ofPod = {
      'batch:EKSServiceAccountName': pod.serviceAccountName,
      'batch:EKSNamespace': structureOf(pod.metadata).namespace,
    };
    return [...structuresOf(pod.initContainers), ...structuresOf(pod.containers)].map(({ image, securityContext }) => {
      const { privileged, runAsUser, runAsGroup } = structureOf(securityContext);
      const own = {
        'batch:EKSImage': image,
        'batch:EKSPrivileged': String(isTrue(privileged)),
        'batch:EKSRunAsUser': numberText(runAsUser),
        'batch:EKSRunAsGroup': numberText(runAsGroup),
      };
      return textMapOf({ ...ofPod, ...own }) ?? {};
    });
  });
}

function numberText(value: unknown): string | undefined {
  const number = numberOf(value);
  return number === undefined ? undefined : String(number);
}

/** A container that does not say that it is privileged is not (spec 08 §3.8). */
function containerConditions(container: Unvalidated<Container>): Record<string, string> {
  const logConfiguration = structureOf(container.logConfiguration);
  const options = structureOf(logConfiguration.options);
  const given: Record<string, unknown> = {
    'batch:Image': container.image,
    'batch:User': container.user,
    'batch:Privileged': String(isTrue(container.privileged)),
    'batch:LogDriver': logConfiguration.logDriver,
    'batch:AWSLogsGroup': options['awslogs-group'],
    'batch:AWSLogsRegion': options['awslogs-region'],
    'batch:AWSLogsStreamPrefix': options['awslogs-stream-prefix'],
    'batch:AWSLogsCreateGroup': options['awslogs-create-group'],
  };
  return textMapOf(given) ?? {};
}
