import type { DescribeInstancesCommandInput, DescribeInstancesCommandOutput } from '@aws-sdk/client-ec2';
import type { LaunchedInstance } from '../../../core/launched-instances.ts';
import { findInstances, instanceFilters, refuseBoth, reservationView } from '../instances.ts';
import { listPage } from '../listing.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { flag, listed, texts } from '../shapes.ts';

/** The instances of compute environments, each in a reservation of its own, and for a while those that have ended. */
export const describeInstances = ec2Operation<DescribeInstancesCommandInput, DescribeInstancesCommandOutput>()({
  name: 'DescribeInstances',
  // All instances are shown to all: none is hidden from those who do not ask for managed ones.
  schema: parameters({ ...listed, InstanceIds: texts.optional(), IncludeManagedResources: flag.optional() }),
  readOnly: true,
  handler: (runtime, input, context) => {
    const { ledger, instances, instanceTypes } = runtime;
    const { InstanceIds: ids = [], MaxResults } = input;
    refuseBoth(ids, MaxResults);
    const { records, ...page } = listPage<LaunchedInstance>(
      {
        ...{ kind: 'DescribeInstances', ledger, scope: context, filters: instanceFilters(runtime) },
        named: ids.length > 0 ? findInstances(runtime, context, ids) : undefined,
        after: (after) => instances.after(context, after),
        keyOf: ({ id }) => id,
        idOf: ({ id }) => id,
        tags: ({ tags }) => tags,
      },
      input,
    );
    return { Reservations: records.map((instance) => reservationView(ledger, instanceTypes(), instance)), ...page };
  },
});
