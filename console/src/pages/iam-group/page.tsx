import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams } from 'react-router';
import { useGroup } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { Failure } from '../../views/failure.tsx';
import { EntityPolicies } from '../../views/iam/entity-policies.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { PathLink } from '../../views/path-link.tsx';

export function Page() {
  const { name: GroupName = '' } = useParams();
  const navigate = useNavigate();
  const { data, error, isPending } = useGroup(GroupName);
  if (error) return <Failure error={error} />;
  const remove: Act = {
    title: 'iam.delete-group',
    call: () => iamCall('DeleteGroup', { GroupName }),
    done: () => void navigate('/iam?tab=groups'),
  };
  const add: Act = {
    title: 'iam.add-member',
    fields: [{ name: 'UserName', label: 'iam.user' }],
    call: ({ UserName }) => iamCall('AddUserToGroup', { GroupName, UserName }),
  };
  const take = (UserName: string): Act => ({
    title: 'iam.remove-member',
    call: () => iamCall('RemoveUserFromGroup', { GroupName, UserName }),
  });
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description={data?.Group?.Arn} actions={<ActBar acts={[remove]} />}>
        {GroupName}
      </Header>
      <ItemTable
        title="iam.members"
        actions={<ActBar acts={[add]} />}
        items={data?.Users}
        error={null}
        isPending={isPending}
        empty="iam.no-members"
        columns={[
          {
            id: 'name',
            header: 'iam.name',
            cell: ({ UserName = '' }) => (
              <PathLink to={`/iam/users/${encodeURIComponent(UserName)}`}>{UserName}</PathLink>
            ),
          },
          {
            id: 'acts',
            header: 'iam.acts',
            cell: ({ UserName = '' }) => <ActBar inline of={UserName} acts={[take(UserName)]} />,
          },
        ]}
      />
      <EntityPolicies kind="Group" name={GroupName} />
    </SpaceBetween>
  );
}
