import type {
  DescribeNetworkAclsCommandInput,
  DescribeNetworkAclsCommandOutput,
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput,
  DescribeRouteTablesCommandInput,
  DescribeRouteTablesCommandOutput,
  NetworkAcl,
  RouteTable,
} from '@aws-sdk/client-ec2';
import type { Scope } from '../../../core/arn.ts';
import type { Ledger } from '../../../store/index.ts';
import { listPage, namedRecords } from '../listing.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { type VpcRecord, vpcRecords } from '../records.ts';
import { notFound, refusal } from '../refusals.ts';
import { listed, texts } from '../shapes.ts';
import { subnetsOf } from '../subnets.ts';
import { tagSet } from '../tags.ts';

/** The VPC that an ACL or a route table came with. */
function vpcOf(ledger: Ledger, scope: Scope, kind: 'network-acl' | 'route-table', id: string): VpcRecord {
  const index = kind === 'network-acl' ? 'networkAcl' : 'routeTable';
  const [vpc] = ledger.by(vpcRecords, scope, index, { value: id });
  if (!vpc) throw notFound(kind, id);
  return vpc;
}

const aclFilters = {
  default: () => 'true',
  'network-acl-id': ({ networkAclId }: VpcRecord) => networkAclId,
  'owner-id': ({ account }: VpcRecord) => account,
  'vpc-id': ({ id }: VpcRecord) => id,
};

/** Each VPC has the one that it came with, which lets everything through. */
export const describeNetworkAcls = ec2Operation<DescribeNetworkAclsCommandInput, DescribeNetworkAclsCommandOutput>()({
  name: 'DescribeNetworkAcls',
  schema: parameters({ ...listed, NetworkAclIds: texts.optional() }),
  readOnly: true,
  handler: ({ ledger }, input, context) => {
    const subnets = (vpc: VpcRecord) => subnetsOf(ledger, vpc).map(({ id }) => id);
    const { records, ...page } = listPage<VpcRecord>(
      {
        ...{ kind: 'DescribeNetworkAcls', ledger, scope: context },
        filters: { ...aclFilters, 'association.subnet-id': subnets },
        named: namedRecords(input.NetworkAclIds, (id) => vpcOf(ledger, context, 'network-acl', id)),
        after: (after) => ledger.by(vpcRecords, context, 'id', { after }),
        keyOf: ({ id }) => id,
        idOf: ({ networkAclId }) => networkAclId,
      },
      input,
    );
    return { NetworkAcls: records.map((vpc) => aclView(ledger, vpc)), ...page };
  },
});

function aclView(ledger: Ledger, vpc: VpcRecord): NetworkAcl {
  const { networkAclId: NetworkAclId, id, account, ipv6 } = vpc;
  const ranges = [{ CidrBlock: '0.0.0.0/0' }, ...(ipv6.length > 0 ? [{ Ipv6CidrBlock: '::/0' }] : [])];
  const entries = [true, false].flatMap((Egress) =>
    ranges.flatMap((range, index) => [
      { ...range, Egress, Protocol: '-1', RuleAction: 'allow' as const, RuleNumber: 100 + index },
      { ...range, Egress, Protocol: '-1', RuleAction: 'deny' as const, RuleNumber: 32_767 + index },
    ]),
  );
  return {
    NetworkAclId,
    VpcId: id,
    IsDefault: true,
    OwnerId: account,
    Entries: entries,
    Associations: subnetsOf(ledger, vpc).map((subnet) => ({
      NetworkAclAssociationId: subnet.aclAssociationId,
      NetworkAclId,
      SubnetId: subnet.id,
    })),
    Tags: tagSet(ledger, vpc, NetworkAclId),
  };
}

const tableFilters = {
  'association.main': () => 'true',
  'association.route-table-association-id': ({ routeAssociationId }: VpcRecord) => routeAssociationId,
  'association.route-table-id': ({ routeTableId }: VpcRecord) => routeTableId,
  'association.subnet-id': () => undefined,
  'owner-id': ({ account }: VpcRecord) => account,
  'route-table-id': ({ routeTableId }: VpcRecord) => routeTableId,
  'vpc-id': ({ id }: VpcRecord) => id,
};

/** Each VPC has its main one, which leads to itself. */
export const describeRouteTables = ec2Operation<DescribeRouteTablesCommandInput, DescribeRouteTablesCommandOutput>()({
  name: 'DescribeRouteTables',
  schema: parameters({ ...listed, RouteTableIds: texts.optional() }),
  readOnly: true,
  handler: ({ ledger }, input, context) => {
    const { records, ...page } = listPage<VpcRecord>(
      {
        ...{ kind: 'DescribeRouteTables', ledger, scope: context, filters: tableFilters },
        named: namedRecords(input.RouteTableIds, (id) => vpcOf(ledger, context, 'route-table', id)),
        after: (after) => ledger.by(vpcRecords, context, 'id', { after }),
        keyOf: ({ id }) => id,
        idOf: ({ routeTableId }) => routeTableId,
      },
      input,
    );
    return { RouteTables: records.map((vpc) => tableView(ledger, vpc)), ...page };
  },
});

function tableView(ledger: Ledger, vpc: VpcRecord): RouteTable {
  const { routeTableId: RouteTableId, routeAssociationId, id, account, cidr, ipv6 } = vpc;
  const local = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' } as const;
  return {
    RouteTableId,
    VpcId: id,
    OwnerId: account,
    Associations: [
      {
        Main: true,
        RouteTableAssociationId: routeAssociationId,
        RouteTableId,
        AssociationState: { State: 'associated' },
      },
    ],
    PropagatingVgws: [],
    Routes: [
      { DestinationCidrBlock: cidr, ...local },
      ...ipv6.map((range) => ({ DestinationIpv6CidrBlock: range.cidr, ...local })),
    ],
    Tags: tagSet(ledger, vpc, RouteTableId),
  };
}

/** There are none: jobs have no interfaces of EC2. */
export const describeNetworkInterfaces = ec2Operation<
  DescribeNetworkInterfacesCommandInput,
  DescribeNetworkInterfacesCommandOutput
>()({
  name: 'DescribeNetworkInterfaces',
  schema: parameters({ ...listed, NetworkInterfaceIds: texts.optional() }),
  readOnly: true,
  handler: (_runtime, { NetworkInterfaceIds: [id] = [] }) => {
    if (id === undefined) return { NetworkInterfaces: [] };
    throw refusal('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
  },
});
