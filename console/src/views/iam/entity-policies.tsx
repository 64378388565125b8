import SpaceBetween from '@cloudscape-design/components/space-between';
import { type IamKind, useAttachedPolicies, useInlinePolicies } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import type { Act } from '../acts/act.ts';
import { ActBar } from '../acts/act-bar.tsx';
import { ItemTable } from '../item-table.tsx';
import { InlinePolicy } from './inline-policy.tsx';
import { PolicyLink } from './policy-link.tsx';

interface EntityPoliciesProps {
  readonly kind: IamKind;
  readonly name: string;
}

const nothing = JSON.stringify(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'batch:DescribeJobs', Resource: '*' }] },
  undefined,
  2,
);

/** What a user, group or role may do: managed policies that are attached, and policies of its own. */
export function EntityPolicies({ kind, name }: EntityPoliciesProps) {
  return (
    <SpaceBetween size="l">
      <AttachedPolicies kind={kind} name={name} />
      <InlinePolicies kind={kind} name={name} />
    </SpaceBetween>
  );
}

function AttachedPolicies({ kind, name }: EntityPoliciesProps) {
  const { data, error, isPending } = useAttachedPolicies(kind, name);
  const who = { [`${kind}Name`]: name };
  const attach: Act = {
    title: 'iam.attach',
    fields: [{ name: 'PolicyArn', label: 'iam.policy-arn', help: 'iam.policy-arn.help' }],
    call: ({ PolicyArn }) => iamCall(`Attach${kind}Policy`, { ...who, PolicyArn }),
  };
  const detach = (PolicyArn: string): Act => ({
    title: 'iam.detach',
    call: () => iamCall(`Detach${kind}Policy`, { ...who, PolicyArn }),
  });
  return (
    <ItemTable
      title="iam.attached"
      actions={<ActBar acts={[attach]} />}
      items={data?.AttachedPolicies}
      error={error}
      isPending={isPending}
      empty="iam.none-attached"
      columns={[
        { id: 'name', header: 'iam.name', cell: ({ PolicyArn = '' }) => <PolicyLink arn={PolicyArn} /> },
        {
          id: 'acts',
          header: 'iam.acts',
          cell: ({ PolicyArn = '', PolicyName = '' }) => <ActBar inline of={PolicyName} acts={[detach(PolicyArn)]} />,
        },
      ]}
    />
  );
}

function InlinePolicies({ kind, name }: EntityPoliciesProps) {
  const { data, error, isPending } = useInlinePolicies(kind, name);
  const who = { [`${kind}Name`]: name };
  const put: Act = {
    title: 'iam.put-inline',
    fields: [
      { name: 'PolicyName', label: 'iam.name' },
      { name: 'PolicyDocument', label: 'iam.document', kind: 'json', initial: nothing },
    ],
    call: ({ PolicyName, PolicyDocument }) => iamCall(`Put${kind}Policy`, { ...who, PolicyName, PolicyDocument }),
  };
  return (
    <ItemTable
      title="iam.inline"
      actions={<ActBar acts={[put]} />}
      items={data?.PolicyNames}
      error={error}
      isPending={isPending}
      empty="iam.none-inline"
      columns={[
        {
          id: 'name',
          header: 'iam.name',
          cell: (PolicyName: string) => <InlinePolicy kind={kind} name={name} policy={PolicyName} />,
        },
      ]}
    />
  );
}
