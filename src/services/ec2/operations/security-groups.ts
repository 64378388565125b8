import type {
  CreateSecurityGroupCommandInput,
  CreateSecurityGroupCommandOutput,
  DeleteSecurityGroupCommandInput,
  DeleteSecurityGroupCommandOutput,
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsCommandOutput,
} from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { scopeOf } from '../../../core/arn.ts';
import { limits } from '../limits.ts';
import { listPage, namedRecords } from '../listing.ts';
import { newId, resourceArn } from '../names.ts';
import { ec2Operation, parameters } from '../operation.ts';
import { type RuleRecord, type SecurityGroupRecord, securityGroupRecords } from '../records.ts';
import { checkRoom, demand, refusal } from '../refusals.ts';
import { allowAll, findGroup, groupView } from '../security-groups.ts';
import { listed, tagSpecifications, texts } from '../shapes.ts';
import { putTags, specifiedTags, tagSet } from '../tags.ts';
import { findVpc } from '../vpcs.ts';

const allowed = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

export const createSecurityGroup = ec2Operation<CreateSecurityGroupCommandInput, CreateSecurityGroupCommandOutput>()({
  name: 'CreateSecurityGroup',
  schema: parameters({
    GroupName: z.string(),
    Description: z.string(),
    VpcId: z.string().optional(),
    TagSpecifications: tagSpecifications.optional(),
  }),
  readOnly: false,
  about: { kind: 'security-group' },
  handler: ({ ledger, random }, { GroupName: name, Description: description, VpcId, TagSpecifications }, context) => {
    const scope = scopeOf(context);
    if (!VpcId) throw refusal('VPCIdNotSpecified', 'No default VPC for this user');
    const vpc = findVpc(ledger, scope, VpcId);
    demand(allowed.test(name) && !/^sg-/.test(name), `Value (${name}) for parameter GroupName is invalid.`);
    demand(name !== 'default', 'Cannot use reserved security group name: default');
    demand(allowed.test(description), `Value (${description}) for parameter GroupDescription is invalid.`);
    if (ledger.countBy(securityGroupRecords, scope, 'name', `${vpc.id} ${name}`) > 0) {
      const message = `The security group '${name}' already exists for VPC '${vpc.id}'`;
      throw refusal('InvalidGroup.Duplicate', message);
    }
    const count = ledger.count(securityGroupRecords, scope);
    checkRoom(count, limits.securityGroups, 'SecurityGroupLimitExceeded', 'security groups');
    const tags = specifiedTags(TagSpecifications, 'security-group');
    const id = newId('sg', random);
    const group = { ...scope, id, vpcId: vpc.id, name, description, ingress: [], egress: allowAll(vpc) };
    ledger.transact((transaction) => {
      transaction.put(securityGroupRecords, group);
      putTags(transaction, scope, id, tags);
    });
    return { GroupId: id, SecurityGroupArn: resourceArn(scope, 'security-group', id), Tags: tagSet(ledger, scope, id) };
  },
});

/** What is looked at in the rules of one direction. */
function ruleFilters(prefix: string, rulesOf: (group: SecurityGroupRecord) => readonly RuleRecord[]) {
  const peers = (kind: RuleRecord['peer']['kind']) => (group: SecurityGroupRecord) =>
    rulesOf(group).flatMap(({ peer }) => (peer.kind === kind ? [peer.of] : []));
  const ports = (port: 'fromPort' | 'toPort') => (group: SecurityGroupRecord) =>
    rulesOf(group).flatMap((rule) => (rule[port] === undefined ? [] : [String(rule[port])]));
  return {
    [`${prefix}.cidr`]: peers('ipv4'),
    [`${prefix}.ipv6-cidr`]: peers('ipv6'),
    [`${prefix}.group-id`]: peers('group'),
    [`${prefix}.from-port`]: ports('fromPort'),
    [`${prefix}.to-port`]: ports('toPort'),
    [`${prefix}.protocol`]: (group: SecurityGroupRecord) => rulesOf(group).map(({ protocol }) => protocol),
  };
}

const filters = {
  description: ({ description }: SecurityGroupRecord) => description,
  'group-id': ({ id }: SecurityGroupRecord) => id,
  'group-name': ({ name }: SecurityGroupRecord) => name,
  'owner-id': ({ account }: SecurityGroupRecord) => account,
  'vpc-id': ({ vpcId }: SecurityGroupRecord) => vpcId,
  ...ruleFilters('ip-permission', ({ ingress }) => ingress),
  ...ruleFilters('egress.ip-permission', ({ egress }) => egress),
};

export const describeSecurityGroups = ec2Operation<
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsCommandOutput
>()({
  name: 'DescribeSecurityGroups',
  schema: parameters({ ...listed, GroupIds: texts.optional(), GroupNames: texts.optional() }),
  readOnly: true,
  handler: ({ ledger }, input, context) => {
    const [name] = input.GroupNames ?? [];
    // AWS looks for names in the default VPC alone, and there is none here.
    if (name !== undefined)
      throw refusal('InvalidGroup.NotFound', `The security group '${name}' does not exist in default VPC`);
    const { records, ...page } = listPage<SecurityGroupRecord>(
      {
        ...{ kind: 'DescribeSecurityGroups', ledger, scope: context, filters },
        named: namedRecords(input.GroupIds, (id) => findGroup(ledger, context, id)),
        after: (after) => ledger.by(securityGroupRecords, context, 'id', { after }),
        keyOf: ({ id }) => id,
        idOf: ({ id }) => id,
      },
      input,
    );
    return { SecurityGroups: records.map((group) => groupView(ledger, group)), ...page };
  },
});

export const deleteSecurityGroup = ec2Operation<DeleteSecurityGroupCommandInput, DeleteSecurityGroupCommandOutput>()({
  name: 'DeleteSecurityGroup',
  schema: parameters({ GroupId: z.string() }),
  readOnly: false,
  about: { kind: 'security-group', by: 'GroupId' },
  handler: ({ ledger }, { GroupId }, context) => {
    const group = findGroup(ledger, context, GroupId);
    if (group.name === 'default')
      throw refusal('CannotDelete', `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`);
    const isNamed = [...ledger.by(securityGroupRecords, context, 'id')].some(({ id, ingress, egress }) => {
      return id !== GroupId && [...ingress, ...egress].some(({ peer }) => peer.kind === 'group' && peer.of === GroupId);
    });
    if (isNamed) throw refusal('DependencyViolation', `resource ${GroupId} has a dependent object`);
    ledger.transact((transaction) => {
      transaction.delete(securityGroupRecords, context, GroupId);
      putTags(transaction, context, GroupId, {});
    });
    return { Return: true, GroupId };
  },
});
