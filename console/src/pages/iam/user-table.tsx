import { useNavigate } from 'react-router';
import { momentOf } from '../../data/form-shape.ts';
import { useUsers } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

export function UserTable() {
  const { data, error, isPending } = useUsers();
  const navigate = useNavigate();
  const create: Act = {
    title: 'iam.create-user',
    fields: [{ name: 'UserName', label: 'iam.name' }],
    call: ({ UserName }) => iamCall('CreateUser', { UserName }),
    done: (_answer, { UserName = '' }) => void navigate(`/iam/users/${encodeURIComponent(UserName)}`),
  };
  return (
    <ItemTable
      title="iam.users"
      actions={<ActBar acts={[create]} />}
      items={data?.Users}
      error={error}
      isPending={isPending}
      empty="iam.no-users"
      teaches={create.call({ UserName: 'ada' })}
      columns={[
        {
          id: 'name',
          header: 'iam.name',
          cell: ({ UserName = '' }) => (
            <PathLink to={`/iam/users/${encodeURIComponent(UserName)}`}>{UserName}</PathLink>
          ),
        },
        { id: 'path', header: 'iam.path', cell: ({ Path }) => Path },
        { id: 'created', header: 'iam.created', cell: ({ CreateDate }) => <Time at={momentOf(CreateDate)} /> },
      ]}
    />
  );
}
