import type { RegisterJobDefinitionCommandInput, RegisterJobDefinitionCommandOutput } from '@aws-sdk/client-batch';
import { scopeOf } from '../../../core/arn.ts';
import type { AccessRequest, RequestContext } from '../../../core/operation.ts';
import { isTrue, structureOf, structuresOf, textMapOf, textOf, type Unvalidated } from '../../../core/unvalidated.ts';
import { checkDefinition } from '../definition/definition.ts';
import {
  type Container,
  type RegisterJobDefinitionInput,
  registerJobDefinition as schema,
} from '../definition/schema.ts';
import { jobDefinitionArn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { type JobDefinitionRecord, jobDefinitionRecords, revisionCounterRecords } from '../records.ts';
import { passRole } from '../resources/roles.ts';
import { requestTagConditions } from '../tags.ts';

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
function withoutEmptyVariables<
  Request extends Pick<RegisterJobDefinitionInput, 'containerProperties' | 'ecsProperties'>,
>(request: Request): Request {
  const { containerProperties: container, ecsProperties } = request;
  const tasks = ecsProperties?.taskProperties.map((task) => ({
    ...task,
    containers: task.containers.map(withoutEmpty),
  }));
  return {
    ...request,
    ...(container && { containerProperties: withoutEmpty(container) }),
    ...(tasks && { ecsProperties: { taskProperties: tasks } }),
  };
}

function withoutEmpty<Given extends Pick<Container, 'environment'>>(given: Given): Given {
  return given.environment ? { ...given, environment: given.environment.filter(({ value }) => value) } : given;
}

/** Policies name the definition without a revision, and may look at what its container is (spec 05 §2.3). */
function access(input: Unvalidated<RegisterJobDefinitionInput>, context: RequestContext): AccessRequest[] {
  const container = structureOf(input.containerProperties);
  return [
    {
      action: 'batch:RegisterJobDefinition',
      resource: jobDefinitionArn(context, textOf(input.jobDefinitionName) ?? '*'),
      conditions: {
        ...requestTagConditions(input.tags),
        ...(input.containerProperties === undefined ? {} : containerConditions(container)),
      },
    },
    ...passRole('ecs-tasks.amazonaws.com', container.jobRoleArn, container.executionRoleArn, ...rolesOfTasks(input)),
  ];
}

function rolesOfTasks({ ecsProperties }: Unvalidated<RegisterJobDefinitionInput>): readonly unknown[] {
  const tasks = structuresOf(structureOf(ecsProperties).taskProperties);
  return tasks.flatMap(({ taskRoleArn, executionRoleArn }) => [taskRoleArn, executionRoleArn]);
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
