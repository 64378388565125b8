import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams } from 'react-router';
import { useUser } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { TagTable } from '../../views/acts/tag-table.tsx';
import { Failure } from '../../views/failure.tsx';
import { BoundaryFacts } from '../../views/iam/boundary-facts.tsx';
import { EntityPolicies } from '../../views/iam/entity-policies.tsx';
import { SimulatorLink } from '../../views/iam/simulator-link.tsx';
import { KeyTable } from './key-table.tsx';
import { UserGroups } from './user-groups.tsx';

export function Page() {
  const { name: UserName = '' } = useParams();
  const navigate = useNavigate();
  const { data, error } = useUser(UserName, true);
  if (error) return <Failure error={error} />;
  const { Arn, PermissionsBoundary, Tags } = data?.User ?? {};
  const remove: Act = {
    title: 'iam.delete-user',
    warning: 'iam.delete-user.first',
    call: () => iamCall('DeleteUser', { UserName }),
    done: () => void navigate('/iam?tab=users'),
  };
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={Arn}
        actions={
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            {Arn !== undefined && <SimulatorLink principal={Arn} />}
            <ActBar acts={[remove]} />
          </SpaceBetween>
        }
      >
        {UserName}
      </Header>
      <KeyTable user={UserName} />
      <EntityPolicies kind="User" name={UserName} />
      <UserGroups user={UserName} />
      <BoundaryFacts kind="User" name={UserName} boundary={PermissionsBoundary?.PermissionsBoundaryArn} />
      <TagTable
        tags={Tags}
        tag={(Key, Value) => iamCall('TagUser', { UserName, Tags: [{ Key, Value }] })}
        untag={(key) => iamCall('UntagUser', { UserName, TagKeys: [key] })}
      />
    </SpaceBetween>
  );
}
