import { useNavigate } from 'react-router';
import { momentOf } from '../../data/form-shape.ts';
import { useGroups } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

export function GroupTable() {
  const { data, error, isPending } = useGroups();
  const navigate = useNavigate();
  const create: Act = {
    title: 'iam.create-group',
    fields: [{ name: 'GroupName', label: 'iam.name' }],
    call: ({ GroupName }) => iamCall('CreateGroup', { GroupName }),
    done: (_answer, { GroupName = '' }) => void navigate(`/iam/groups/${encodeURIComponent(GroupName)}`),
  };
  return (
    <ItemTable
      title="iam.groups"
      actions={<ActBar acts={[create]} />}
      items={data?.Groups}
      error={error}
      isPending={isPending}
      empty="iam.no-groups"
      teaches={create.call({ GroupName: 'operators' })}
      columns={[
        {
          id: 'name',
          header: 'iam.name',
          cell: ({ GroupName = '' }) => (
            <PathLink to={`/iam/groups/${encodeURIComponent(GroupName)}`}>{GroupName}</PathLink>
          ),
        },
        { id: 'path', header: 'iam.path', cell: ({ Path }) => Path },
        { id: 'created', header: 'iam.created', cell: ({ CreateDate }) => <Time at={momentOf(CreateDate)} /> },
      ]}
    />
  );
}
