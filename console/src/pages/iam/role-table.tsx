import { useNavigate } from 'react-router';
import { momentOf } from '../../data/form-shape.ts';
import { useRoles } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { ItemTable } from '../../views/item-table.tsx';
import { PathLink } from '../../views/path-link.tsx';
import { Time } from '../../views/time.tsx';

/** For jobs, which is what most roles are made for here. */
const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

export function RoleTable() {
  const { data, error, isPending } = useRoles();
  const navigate = useNavigate();
  const create: Act = {
    title: 'iam.create-role',
    fields: [
      { name: 'RoleName', label: 'iam.name' },
      { name: 'trust', label: 'iam.trust', kind: 'json', initial: JSON.stringify(trust, undefined, 2) },
    ],
    call: ({ RoleName, trust: AssumeRolePolicyDocument }) =>
      iamCall('CreateRole', { RoleName, AssumeRolePolicyDocument }),
    done: (_answer, { RoleName = '' }) => void navigate(`/iam/roles/${encodeURIComponent(RoleName)}`),
  };
  return (
    <ItemTable
      title="iam.roles"
      actions={<ActBar acts={[create]} />}
      items={data?.Roles}
      error={error}
      isPending={isPending}
      empty="iam.no-roles"
      teaches={create.call({ RoleName: 'job', trust: JSON.stringify(trust) })}
      columns={[
        {
          id: 'name',
          header: 'iam.name',
          cell: ({ RoleName = '' }) => (
            <PathLink to={`/iam/roles/${encodeURIComponent(RoleName)}`}>{RoleName}</PathLink>
          ),
        },
        { id: 'description', header: 'iam.description', cell: ({ Description }) => Description ?? '–' },
        { id: 'created', header: 'iam.created', cell: ({ CreateDate }) => <Time at={momentOf(CreateDate)} /> },
      ]}
    />
  );
}
