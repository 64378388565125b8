import type {
  DescribeInstanceStatusCommandInput,
  DescribeInstanceStatusCommandOutput,
  InstanceStatus,
  InstanceStatusSummary,
} from '@aws-sdk/client-ec2';
import type { LaunchedInstance } from '../../../core/launched-instances.ts';
import { findInstances, refuseBoth, stateCodes } from '../instances.ts';
import { listPage } from '../listing.ts';
import { zoneIdOf } from '../names.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { flag, listed, texts } from '../shapes.ts';

/** Nothing is checked of a logical instance but that it is there: what runs is well, and what does not has no health. */
const health: Readonly<Record<LaunchedInstance['state'], 'ok' | 'initializing' | 'not-applicable'>> = {
  pending: 'initializing',
  running: 'ok',
  'shutting-down': 'not-applicable',
  terminated: 'not-applicable',
};

/** By the state of the instance, that of its one check. */
const reachability = { ok: 'passed', initializing: 'initializing' } as const;

const healthOf = ({ state }: LaunchedInstance) => health[state];

function checkOf(instance: LaunchedInstance): 'passed' | 'initializing' | undefined {
  const status = healthOf(instance);
  return status === 'not-applicable' ? undefined : reachability[status];
}

const filters = {
  'availability-zone': ({ zone }: LaunchedInstance) => zone,
  'availability-zone-id': ({ zone }: LaunchedInstance) => zoneIdOf(zone),
  'attached-ebs-status.status': healthOf,
  // Nothing is planned for any instance.
  'event.code': () => undefined,
  'instance-state-code': ({ state }: LaunchedInstance) => String(stateCodes[state]),
  'instance-state-name': ({ state }: LaunchedInstance) => state,
  'instance-status.reachability': checkOf,
  'instance-status.status': healthOf,
  'system-status.reachability': checkOf,
  'system-status.status': healthOf,
};

/** How instances are: of those that run, unless all are asked for. */
export const describeInstanceStatus = ec2Operation<
  DescribeInstanceStatusCommandInput,
  DescribeInstanceStatusCommandOutput
>()({
  name: 'DescribeInstanceStatus',
  schema: parameters({
    ...listed,
    InstanceIds: texts.optional(),
    IncludeAllInstances: flag.optional(),
    IncludeManagedResources: flag.optional(),
  }),
  readOnly: true,
  handler: (runtime, input, context) => {
    const { ledger, instances } = runtime;
    const { InstanceIds: ids = [], IncludeAllInstances: all = false, MaxResults } = input;
    refuseBoth(ids, MaxResults);
    const isAsked = ({ state }: LaunchedInstance) => all || state === 'running';
    const { records, ...page } = listPage<LaunchedInstance>(
      {
        ...{ kind: 'DescribeInstanceStatus', ledger, scope: context, filters },
        named: ids.length > 0 ? findInstances(runtime, context, ids).filter(isAsked) : undefined,
        after: (after) => Iterator.from(instances.after(context, after)).filter(isAsked),
        keyOf: ({ id }) => id,
        idOf: ({ id }) => id,
        tags: ({ tags }) => tags,
      },
      input,
    );
    return { InstanceStatuses: records.map(statusView), ...page };
  },
});

function statusView(instance: LaunchedInstance): InstanceStatus {
  const { id, zone, state } = instance;
  const summary = summaryOf(instance);
  return {
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneIdOf(zone),
    InstanceId: id,
    InstanceState: { Code: stateCodes[state], Name: state },
    InstanceStatus: summary,
    SystemStatus: summary,
    AttachedEbsStatus: summary,
  };
}

function summaryOf(instance: LaunchedInstance): InstanceStatusSummary {
  const Status = checkOf(instance);
  return { Status: healthOf(instance), ...(Status && { Details: [{ Name: 'reachability' as const, Status }] }) };
}
