import type {
  DeleteServiceEnvironmentCommandInput,
  DeleteServiceEnvironmentCommandOutput,
} from '@aws-sdk/client-batch';
import { findServiceEnvironment } from '../names.ts';
import { batchOperation } from '../operation.ts';
import { serviceEnvironmentRecords } from '../records.ts';
import { refuse } from '../refusals.ts';
import { queuesOf, serviceEnvironmentAccess } from '../resources/service-environment.ts';
import { deleteServiceEnvironment as schema } from '../schemas/service-environment.ts';

/**
 * Deletes a service environment that is DISABLED and in no queue. One that is not there is as good as deleted. Worded as of a compute
 * environment.
 */
export const deleteServiceEnvironment = batchOperation<
  DeleteServiceEnvironmentCommandInput,
  DeleteServiceEnvironmentCommandOutput
>()({
  schema,
  readOnly: false,
  audit: 'management',
  access: ({ serviceEnvironment }, context, { ledger }) =>
    serviceEnvironmentAccess('DeleteServiceEnvironment', serviceEnvironment, context, ledger),
  handler: ({ ledger }, { serviceEnvironment }, context) => {
    const record = findServiceEnvironment(ledger, context, serviceEnvironment);
    if (!record) return {};
    if (record.state !== 'DISABLED') refuse('Cannot delete, service environment must be in DISABLED state.');
    if (queuesOf(ledger, record).length > 0) refuse('Cannot delete, found existing JobQueue relationship.');
    ledger.transact((transaction) => transaction.delete(serviceEnvironmentRecords, record, record.name));
    return {};
  },
});
