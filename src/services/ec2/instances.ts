import type { GroupIdentifier, Instance, Reservation, Tag, _InstanceType as TypeName } from '@aws-sdk/client-ec2';
import type { Scope } from '../../core/arn.ts';
import type { LaunchedInstance } from '../../core/launched-instances.ts';
import type { InstanceTypes } from '../../instance-types/index.ts';
import type { Ledger } from '../../store/index.ts';
import { zoneIdOf } from './names.ts';
import { securityGroupRecords, subnetRecords } from './records.ts';
import { notFound, refusal } from './refusals.ts';
import type { Ec2Runtime } from './runtime.ts';

/** Throws for ids that no instance can have, and for those that none has. The words of several: getmoto/moto issue 4903. */
export function findInstances(
  { instances }: Pick<Ec2Runtime, 'instances'>,
  scope: Scope,
  ids: readonly string[],
): readonly LaunchedInstance[] {
  const once = [...new Set(ids)];
  const malformed = once.find((id) => !/^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id));
  // The words: ClusterLabs/cluster-glue pull request 29.
  if (malformed !== undefined) throw refusal('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
  const found = once.flatMap((id) => instances.get(scope, id) ?? []);
  const known = new Set(found.map(({ id }) => id));
  const missing = once.filter((id) => !known.has(id));
  const [one] = missing;
  if (one === undefined) return found;
  if (missing.length === 1) throw notFound('instance', one);
  throw refusal('InvalidInstanceID.NotFound', `The instance IDs '${missing.join(', ')}' do not exist`);
}

/** Who names instances gets all of them. */
export function refuseBoth(ids: readonly string[], maximum: number | undefined): void {
  if (ids.length === 0 || maximum === undefined) return;
  const words = 'The parameter instancesSet cannot be used with the parameter maxResults';
  throw refusal('InvalidParameterCombination', words);
}

/** AWS's numbers of states. */
export const stateCodes = { pending: 0, running: 16, 'shutting-down': 32, terminated: 48 } as const;

/** Why instances end, by AWS's codes (API reference, StateReason). */
const reasons = {
  spot: {
    Code: 'Server.SpotInstanceTermination',
    Message: 'Server.SpotInstanceTermination: Spot instance termination',
  },
  user: { Code: 'Client.UserInitiatedShutdown', Message: 'Client.UserInitiatedShutdown: User initiated shutdown' },
} as const;

function reasonOf({ endedBy }: LaunchedInstance): (typeof reasons)[keyof typeof reasons] | undefined {
  return endedBy && reasons[endedBy];
}

/** The time that programs read in it: cloud-custodian/cloud-custodian issue 6924. */
function transitionReason({ endedBy, endedAt }: LaunchedInstance): string {
  if (endedBy === undefined) return '';
  if (endedBy === 'spot') return reasons.spot.Code;
  if (endedAt === undefined) return 'User initiated';
  return `User initiated (${new Date(endedAt).toISOString().slice(0, 19).replace('T', ' ')} GMT)`;
}

/** What the filters of instances look at. */
export function instanceFilters({ ledger, instanceTypes }: Pick<Ec2Runtime, 'ledger' | 'instanceTypes'>) {
  const vpcOf = (instance: LaunchedInstance) => networkOf(ledger, instance).VpcId;
  return {
    architecture: ({ type }: LaunchedInstance) => instanceTypes().all.get(type)?.architecture,
    'availability-zone': ({ zone }: LaunchedInstance) => zone,
    'availability-zone-id': ({ zone }: LaunchedInstance) => zoneIdOf(zone),
    'iam-instance-profile.arn': ({ profile }: LaunchedInstance) => profile,
    'image-id': ({ imageId }: LaunchedInstance) => imageId,
    'instance-id': ({ id }: LaunchedInstance) => id,
    'instance-lifecycle': ({ purchase }: LaunchedInstance) => (purchase === 'spot' ? 'spot' : undefined),
    'instance-state-code': ({ state }: LaunchedInstance) => String(stateCodes[state]),
    'instance-state-name': ({ state }: LaunchedInstance) => state,
    'instance-type': ({ type }: LaunchedInstance) => type,
    'instance.group-id': ({ groupIds }: LaunchedInstance) => groupIds,
    'instance.group-name': (instance: LaunchedInstance) =>
      groupsOf(ledger, instance).flatMap(({ GroupName }) => GroupName ?? []),
    'key-name': ({ keyName }: LaunchedInstance) => keyName,
    'launch-time': ({ launchedAt }: LaunchedInstance) => new Date(launchedAt).toISOString(),
    'owner-id': ({ account }: LaunchedInstance) => account,
    'placement-group-name': ({ placementGroup }: LaunchedInstance) => placementGroup,
    reason: transitionReason,
    'reservation-id': ({ id }: LaunchedInstance) => reservationId(id),
    'root-device-type': () => 'ebs',
    'state-reason-code': (instance: LaunchedInstance) => reasonOf(instance)?.Code,
    'subnet-id': ({ subnetId }: LaunchedInstance) => subnetId,
    tenancy: () => 'default',
    'virtualization-type': () => 'hvm',
    'vpc-id': vpcOf,
  };
}

/** Each instance comes from a launch of its own. */
export function reservationView(ledger: Ledger, types: InstanceTypes, instance: LaunchedInstance): Reservation {
  return {
    ReservationId: reservationId(instance.id),
    OwnerId: instance.account,
    Groups: [],
    Instances: [instanceView(ledger, types, instance)],
  };
}

function reservationId(id: string): string {
  return id.replace(/^i-/, 'r-');
}

/** Of what there is not of a logical instance, addresses and disks, nothing is shown. */
function instanceView(ledger: Ledger, types: InstanceTypes, instance: LaunchedInstance): Instance {
  const { id, type, imageId, state, keyName, launchedAt, profile, purchase } = instance;
  const architecture = types.all.get(type)?.architecture;
  return {
    InstanceId: id,
    ImageId: imageId,
    State: { Code: stateCodes[state], Name: state },
    PrivateDnsName: '',
    PublicDnsName: '',
    StateTransitionReason: transitionReason(instance),
    ...(keyName === undefined ? {} : { KeyName: keyName }),
    AmiLaunchIndex: 0,
    ProductCodes: [],
    // Names of a user's catalogue may be none of AWS's.
    InstanceType: type as TypeName,
    LaunchTime: new Date(launchedAt),
    Placement: placementOf(instance),
    Monitoring: { State: 'disabled' },
    ...networkOf(ledger, instance),
    ...(architecture && { Architecture: architecture }),
    BlockDeviceMappings: [],
    EbsOptimized: false,
    ...(profile === undefined ? {} : { IamInstanceProfile: { Arn: profile } }),
    ...(purchase === 'spot' && { InstanceLifecycle: 'spot' as const }),
    NetworkInterfaces: [],
    RootDeviceType: 'ebs',
    ...(reasonOf(instance) && { StateReason: reasonOf(instance) }),
    SecurityGroups: groupsOf(ledger, instance),
    SourceDestCheck: true,
    Tags: tagsOf(instance),
    VirtualizationType: 'hvm',
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
  };
}

function placementOf({ zone, placementGroup = '' }: LaunchedInstance): Instance['Placement'] {
  return {
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneIdOf(zone),
    GroupName: placementGroup,
    Tenancy: 'default',
  };
}

/** The VPC of a subnet is known of those that EC2 has here. */
function networkOf(ledger: Ledger, instance: LaunchedInstance): Pick<Instance, 'SubnetId' | 'VpcId'> {
  const { subnetId } = instance;
  if (subnetId === undefined) return {};
  const VpcId = ledger.get(subnetRecords, instance, subnetId)?.vpcId;
  return { SubnetId: subnetId, ...(VpcId === undefined ? {} : { VpcId }) };
}

/** With their names, of those that EC2 has here. */
export function groupsOf(ledger: Ledger, instance: LaunchedInstance): GroupIdentifier[] {
  return instance.groupIds.map((GroupId) => {
    const GroupName = ledger.get(securityGroupRecords, instance, GroupId)?.name;
    return { GroupId, ...(GroupName === undefined ? {} : { GroupName }) };
  });
}

function tagsOf({ tags }: LaunchedInstance): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
