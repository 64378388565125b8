import type {
  AvailabilityZone,
  DescribeAccountAttributesCommandInput,
  DescribeAccountAttributesCommandOutput,
  DescribeAvailabilityZonesCommandInput,
  DescribeAvailabilityZonesCommandOutput,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { compileFilters } from '../filters.ts';
import { zoneIdOf, zoneLetters } from '../names.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { demand } from '../refusals.ts';
import { filterList, flag, texts } from '../shapes.ts';

const zoneFilters = {
  'group-name': ({ GroupName }: AvailabilityZone) => GroupName,
  'opt-in-status': ({ OptInStatus }: AvailabilityZone) => OptInStatus,
  'region-name': ({ RegionName }: AvailabilityZone) => RegionName,
  state: ({ State }: AvailabilityZone) => State,
  'zone-id': ({ ZoneId }: AvailabilityZone) => ZoneId,
  'zone-name': ({ ZoneName }: AvailabilityZone) => ZoneName,
  'zone-type': ({ ZoneType }: AvailabilityZone) => ZoneType,
};

/** Three in each region. */
export const describeAvailabilityZones = ec2Operation<
  DescribeAvailabilityZonesCommandInput,
  DescribeAvailabilityZonesCommandOutput
>()({
  name: 'DescribeAvailabilityZones',
  schema: parameters({
    Filters: filterList.optional(),
    ZoneNames: texts.optional(),
    ZoneIds: texts.optional(),
    AllAvailabilityZones: flag.optional(),
  }),
  readOnly: true,
  handler: ({ ledger }, { Filters, ZoneNames, ZoneIds }, context) => {
    const zones = zoneLetters.map((letter) => zoneView(context.region, `${context.region}${letter}`));
    const named = [...(ZoneNames ?? []), ...(ZoneIds ?? [])];
    for (const name of named) {
      const isThere = zones.some(({ ZoneName, ZoneId }) => ZoneName === name || ZoneId === name);
      demand(isThere, `Invalid availability zone: [${name}]`);
    }
    // A zone has no tags: nothing has an empty id.
    const passes = compileFilters(Filters, zoneFilters, { ledger, scope: context, idOf: () => '' });
    const isMeant = ({ ZoneName = '', ZoneId = '' }: AvailabilityZone) =>
      named.length === 0 || named.includes(ZoneName) || named.includes(ZoneId);
    return { AvailabilityZones: zones.filter((zone) => isMeant(zone) && passes(zone)) };
  },
});

function zoneView(region: string, name: string): AvailabilityZone {
  return {
    ZoneName: name,
    ZoneId: zoneIdOf(name),
    RegionName: region,
    GroupName: region,
    NetworkBorderGroup: region,
    State: 'available',
    OptInStatus: 'opt-in-not-required',
    ZoneType: 'availability-zone',
    Messages: [],
  };
}

const attributes = {
  'supported-platforms': 'VPC',
  'default-vpc': 'none',
  'max-instances': '0',
  'vpc-max-security-groups-per-interface': '5',
  'max-elastic-ips': '0',
  'vpc-max-elastic-ips': '0',
} as const;
const attributeNames = Object.keys(attributes) as (keyof typeof attributes)[];

export const describeAccountAttributes = ec2Operation<
  DescribeAccountAttributesCommandInput,
  DescribeAccountAttributesCommandOutput
>()({
  name: 'DescribeAccountAttributes',
  schema: parameters({ AttributeNames: z.array(z.enum(['default-vpc', 'supported-platforms'])).optional() }),
  readOnly: true,
  handler: (_runtime, { AttributeNames = [] }) => {
    const asked: readonly string[] = AttributeNames;
    const shown = attributeNames.filter((name) => asked.length === 0 || asked.includes(name));
    return {
      AccountAttributes: shown.map((name) => ({
        AttributeName: name,
        AttributeValues: [{ AttributeValue: attributes[name] }],
      })),
    };
  },
});
