import type {
  CreateServiceEnvironmentCommandInput,
  CreateServiceEnvironmentCommandOutput,
} from '@aws-sdk/client-batch';
import { scopeOf } from '../../../core/arn.ts';
import { textOf } from '../../../core/unvalidated.ts';
import { serviceEnvironmentArn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { type ServiceEnvironmentRecord, serviceEnvironmentRecords } from '../records.ts';
import { demand, refuse, refuseTaken } from '../refusals.ts';
import { checkCapacityLimits } from '../resources/capacity-limits.ts';
import { createServiceEnvironment as schema } from '../schemas/service-environment.ts';
import { checkTags, requestTagConditions, tagOnCreate } from '../tags.ts';

const namePattern = /^[a-zA-Z0-9_-]{1,128}$/;

/** Creates what queues of service jobs can be given. VALID at once: nothing has to be set up. The words of a name: cdk-preflight. */
export const createServiceEnvironment = batchOperation<
  CreateServiceEnvironmentCommandInput,
  CreateServiceEnvironmentCommandOutput
>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ serviceEnvironmentName, tags }, context) => [
    {
      action: 'batch:CreateServiceEnvironment',
      resource: serviceEnvironmentArn(context, textOf(serviceEnvironmentName) ?? '*'),
      conditions: requestTagConditions(tags),
    },
    ...tagOnCreate(serviceEnvironmentArn(context, textOf(serviceEnvironmentName) ?? '*'), tags),
  ],
  handler: ({ ledger, clock, quotas }, input, context) => {
    const { serviceEnvironmentName: name, serviceEnvironmentType: type, state = 'ENABLED', tags = {} } = input;
    demand(namePattern.test(name), 'Service environment name should match a valid pattern.');
    const capacityLimits = checkCapacityLimits(input.capacityLimits);
    checkTags(tags, quotas.tagsPerResource);
    const scope = scopeOf(context);
    if (ledger.get(serviceEnvironmentRecords, scope, name)) refuseTaken();
    const limit = quotas.serviceEnvironments;
    const hasRoom = ledger.count(serviceEnvironmentRecords, scope) < limit;
    if (!hasRoom) refuse(`Maximum number of service environments (${limit}) reached.`);
    const arn = serviceEnvironmentArn(scope, name);
    const createdAt = clock.now();
    const record: ServiceEnvironmentRecord = { ...scope, name, arn, type, state, capacityLimits, tags, createdAt };
    ledger.transact((transaction) => transaction.put(serviceEnvironmentRecords, record));
    return { serviceEnvironmentName: name, serviceEnvironmentArn: arn };
  },
});
