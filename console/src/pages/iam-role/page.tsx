import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate, useParams } from 'react-router';
import { useRole } from '../../data/iam.ts';
import { iamCall } from '../../data/iam-call.ts';
import { useText } from '../../messages/text-context.tsx';
import type { Act } from '../../views/acts/act.ts';
import { ActBar } from '../../views/acts/act-bar.tsx';
import { TagTable } from '../../views/acts/tag-table.tsx';
import { Failure } from '../../views/failure.tsx';
import { BoundaryFacts } from '../../views/iam/boundary-facts.tsx';
import { EntityPolicies } from '../../views/iam/entity-policies.tsx';
import { PolicyDocument } from '../../views/iam/policy-document.tsx';
import { policyText } from '../../views/iam/policy-text.ts';
import { SimulatorLink } from '../../views/iam/simulator-link.tsx';

export function Page() {
  const text = useText();
  const { name: RoleName = '' } = useParams();
  const navigate = useNavigate();
  const { data, error } = useRole(RoleName, true);
  if (error) return <Failure error={error} />;
  const { Arn, AssumeRolePolicyDocument, PermissionsBoundary, Tags } = data?.Role ?? {};
  const trust = policyText(AssumeRolePolicyDocument);
  const edit: Act = {
    title: 'iam.edit-trust',
    fields: [{ name: 'PolicyDocument', label: 'iam.trust', kind: 'json', initial: trust }],
    call: ({ PolicyDocument: document }) => iamCall('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: document }),
  };
  const remove: Act = {
    title: 'iam.delete-role',
    call: () => iamCall('DeleteRole', { RoleName }),
    done: () => void navigate('/iam?tab=roles'),
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
        {RoleName}
      </Header>
      <Container
        header={
          <Header variant="h2" actions={data && <ActBar acts={[edit]} />}>
            {text('iam.trust')}
          </Header>
        }
      >
        <PolicyDocument text={trust} />
      </Container>
      <EntityPolicies kind="Role" name={RoleName} />
      <BoundaryFacts kind="Role" name={RoleName} boundary={PermissionsBoundary?.PermissionsBoundaryArn} />
      <TagTable
        tags={Tags}
        tag={(Key, Value) => iamCall('TagRole', { RoleName, Tags: [{ Key, Value }] })}
        untag={(key) => iamCall('UntagRole', { RoleName, TagKeys: [key] })}
      />
    </SpaceBetween>
  );
}
