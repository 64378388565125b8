import type {
  UpdateServiceEnvironmentCommandInput,
  UpdateServiceEnvironmentCommandOutput,
} from '@aws-sdk/client-batch';
import { arnReferred, findServiceEnvironment, serviceEnvironmentArn } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { type ServiceEnvironmentRecord, serviceEnvironmentRecords } from '../records.ts';
import { refuse } from '../refusals.ts';
import { checkCapacityLimits } from '../resources/capacity-limits.ts';
import { hasQuotaShares } from '../resources/quota-share.ts';
import { demandTypes, queuesOf, serviceEnvironmentAccess } from '../resources/service-environment.ts';
import { updateServiceEnvironment as schema } from '../schemas/service-environment.ts';

/** Changes what is given of a service environment, at once. Of one that is not there worded as of a queue. */
export const updateServiceEnvironment = batchOperation<
  UpdateServiceEnvironmentCommandInput,
  UpdateServiceEnvironmentCommandOutput
>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ serviceEnvironment }, context, { ledger }) =>
    serviceEnvironmentAccess('UpdateServiceEnvironment', serviceEnvironment, context, ledger),
  handler: ({ ledger, serviceHeads }, { serviceEnvironment, state, capacityLimits }, context) => {
    const record = findServiceEnvironment(ledger, context, serviceEnvironment);
    const arn = arnReferred(serviceEnvironment, (name) => serviceEnvironmentArn(context, name));
    if (!record) return refuse(`${arn} does not exist`);
    const updated: ServiceEnvironmentRecord = {
      ...record,
      state: state ?? record.state,
      capacityLimits: capacityLimits ? checkCapacityLimits(capacityLimits) : record.capacityLimits,
    };
    const queues = queuesOf(ledger, record);
    if (queues.some((queue) => hasQuotaShares(ledger, queue))) demandTypes(updated);
    ledger.transact((transaction) => {
      transaction.put(serviceEnvironmentRecords, updated);
      for (const queue of queues) serviceHeads.queueChanged(transaction, queue);
    });
    return { serviceEnvironmentName: record.name, serviceEnvironmentArn: record.arn };
  },
});
