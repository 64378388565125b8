import type { _InstanceType, RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { instanceRequirements } from './instance-requirements.ts';
import { flag, openName, tagSpecifications, whole } from './shapes.ts';

const text = z.string().max(1_024).optional();
const yes = flag.optional();
const count = whole.optional();

const blockDevice = z.strictObject({
  DeviceName: text,
  VirtualName: text,
  NoDevice: text,
  Ebs: z
    .strictObject({
      Encrypted: yes,
      DeleteOnTermination: yes,
      Iops: count,
      KmsKeyId: text,
      SnapshotId: text,
      VolumeSize: count,
      VolumeType: z.enum(['standard', 'io1', 'io2', 'gp2', 'sc1', 'st1', 'gp3']).optional(),
      Throughput: count,
      VolumeInitializationRate: count,
      EbsCardIndex: count,
    })
    .optional(),
});

const networkInterface = z.strictObject({
  AssociateCarrierIpAddress: yes,
  AssociatePublicIpAddress: yes,
  DeleteOnTermination: yes,
  Description: text,
  DeviceIndex: count,
  Groups: z.array(z.string()).optional(),
  InterfaceType: text,
  Ipv6AddressCount: count,
  Ipv6Addresses: z.array(z.strictObject({ Ipv6Address: text })).optional(),
  NetworkInterfaceId: text,
  PrivateIpAddress: text,
  PrivateIpAddresses: z.array(z.strictObject({ Primary: yes, PrivateIpAddress: text })).optional(),
  SecondaryPrivateIpAddressCount: count,
  SubnetId: text,
  NetworkCardIndex: count,
  Ipv4Prefixes: z.array(z.strictObject({ Ipv4Prefix: text })).optional(),
  Ipv4PrefixCount: count,
  Ipv6Prefixes: z.array(z.strictObject({ Ipv6Prefix: text })).optional(),
  Ipv6PrefixCount: count,
  PrimaryIpv6: yes,
  EnaSrdSpecification: z
    .strictObject({
      EnaSrdEnabled: yes,
      EnaSrdUdpSpecification: z.strictObject({ EnaSrdUdpEnabled: yes }).optional(),
    })
    .optional(),
  ConnectionTrackingSpecification: z
    .strictObject({ TcpEstablishedTimeout: count, UdpStreamTimeout: count, UdpTimeout: count })
    .optional(),
  EnaQueueCount: count,
});

const placement = z.strictObject({
  AvailabilityZone: text,
  AvailabilityZoneId: text,
  Affinity: text,
  GroupName: text,
  GroupId: text,
  HostId: text,
  HostResourceGroupArn: text,
  PartitionNumber: count,
  SpreadDomain: text,
  Tenancy: z.enum(['default', 'dedicated', 'host']).optional(),
});

const time = z.union([z.date(), z.iso.datetime().transform((given) => new Date(given))]);

const spot = z.strictObject({
  MaxPrice: text,
  SpotInstanceType: z.enum(['one-time', 'persistent']).optional(),
  BlockDurationMinutes: count,
  ValidUntil: time.optional(),
  InstanceInterruptionBehavior: z.enum(['hibernate', 'stop', 'terminate']).optional(),
});

const metadata = z.strictObject({
  HttpEndpoint: z.enum(['disabled', 'enabled']).optional(),
  HttpProtocolIpv6: z.enum(['disabled', 'enabled']).optional(),
  HttpPutResponseHopLimit: whole.pipe(z.int().min(1).max(64)).optional(),
  HttpTokens: z.enum(['optional', 'required']).optional(),
  InstanceMetadataTags: z.enum(['disabled', 'enabled']).optional(),
});

/** What a launch template says of instances: kept and shown, for nothing is launched from it. */
export const launchTemplateData = z.strictObject({
  KernelId: text,
  EbsOptimized: yes,
  IamInstanceProfile: z.strictObject({ Arn: text, Name: text }).optional(),
  BlockDeviceMappings: z.array(blockDevice).optional(),
  NetworkInterfaces: z.array(networkInterface).optional(),
  ImageId: text,
  InstanceType: openName<_InstanceType>().optional(),
  KeyName: text,
  Monitoring: z.strictObject({ Enabled: yes }).optional(),
  Placement: placement.optional(),
  RamDiskId: text,
  DisableApiTermination: yes,
  DisableApiStop: yes,
  InstanceInitiatedShutdownBehavior: z.enum(['stop', 'terminate']).optional(),
  UserData: z.string().max(21_848).optional(),
  TagSpecifications: tagSpecifications.optional(),
  ElasticGpuSpecifications: z.array(z.strictObject({ Type: z.string() })).optional(),
  ElasticInferenceAccelerators: z.array(z.strictObject({ Type: z.string(), Count: count })).optional(),
  SecurityGroupIds: z.array(z.string()).optional(),
  SecurityGroups: z.array(z.string()).optional(),
  InstanceMarketOptions: z
    .strictObject({
      MarketType: z.enum(['capacity-block', 'spot']).optional(),
      SpotOptions: spot.optional(),
    })
    .optional(),
  CreditSpecification: z.strictObject({ CpuCredits: z.string() }).optional(),
  CpuOptions: z
    .strictObject({
      CoreCount: count,
      ThreadsPerCore: count,
      AmdSevSnp: z.enum(['disabled', 'enabled']).optional(),
    })
    .optional(),
  CapacityReservationSpecification: z
    .strictObject({
      CapacityReservationPreference: z.enum(['capacity-reservations-only', 'none', 'open']).optional(),
      CapacityReservationTarget: z
        .strictObject({ CapacityReservationId: text, CapacityReservationResourceGroupArn: text })
        .optional(),
    })
    .optional(),
  LicenseSpecifications: z.array(z.strictObject({ LicenseConfigurationArn: text })).optional(),
  HibernationOptions: z.strictObject({ Configured: yes }).optional(),
  MetadataOptions: metadata.optional(),
  EnclaveOptions: z.strictObject({ Enabled: yes }).optional(),
  InstanceRequirements: instanceRequirements.optional(),
  PrivateDnsNameOptions: z
    .strictObject({
      HostnameType: z.enum(['ip-name', 'resource-name']).optional(),
      EnableResourceNameDnsARecord: yes,
      EnableResourceNameDnsAAAARecord: yes,
    })
    .optional(),
  MaintenanceOptions: z.strictObject({ AutoRecovery: z.enum(['default', 'disabled']).optional() }).optional(),
  NetworkPerformanceOptions: z
    .strictObject({ BandwidthWeighting: z.enum(['default', 'ebs-1', 'vpc-1']).optional() })
    .optional(),
}) satisfies z.ZodType<RequestLaunchTemplateData>;
