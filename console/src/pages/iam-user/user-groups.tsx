import { useGroupsOf } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { PathLink } from '../../views/path-link.tsx';

export function UserGroups({ user: UserName }: { readonly user: string }) {
  const { data, error, isPending } = useGroupsOf(UserName);
  const join: Act = {
    title: 'iam.join',
    fields: [{ name: 'GroupName', label: 'iam.group' }],
    call: ({ GroupName }) => iamCall('AddUserToGroup', { GroupName, UserName }),
  };
  const leave = (GroupName: string): Act => ({
    title: 'iam.leave',
    call: () => iamCall('RemoveUserFromGroup', { GroupName, UserName }),
  });
  return (
    <ItemTable
      title="iam.groups"
      actions={<ActBar acts={[join]} />}
      items={data?.Groups}
      error={error}
      isPending={isPending}
      empty="iam.in-no-group"
      columns={[
        {
          id: 'name',
          header: 'iam.name',
          cell: ({ GroupName = '' }) => (
            <PathLink to={`/iam/groups/${encodeURIComponent(GroupName)}`}>{GroupName}</PathLink>
          ),
        },
        {
          id: 'acts',
          header: 'iam.acts',
          cell: ({ GroupName = '' }) => <ActBar inline of={GroupName} acts={[leave(GroupName)]} />,
        },
      ]}
    />
  );
}
