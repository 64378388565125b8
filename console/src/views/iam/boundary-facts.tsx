import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { iamCall } from '../../data/iam-call.ts';
import { useText } from '../../messages/text-context.tsx';
import type { Act } from '../acts/act.ts';
import { ActBar } from '../acts/act-bar.tsx';
import { PolicyLink } from './policy-link.tsx';

interface BoundaryFactsProps {
  readonly kind: 'User' | 'Role';
  readonly name: string;
  readonly boundary: string | undefined;
}

/** The policy that limits what all others of it allow. */
export function BoundaryFacts({ kind, name, boundary }: BoundaryFactsProps) {
  const text = useText();
  const who = { [`${kind}Name`]: name };
  const set: Act = {
    title: 'iam.set-boundary',
    fields: [
      { name: 'PermissionsBoundary', label: 'iam.policy-arn', help: 'iam.policy-arn.help', initial: boundary ?? '' },
    ],
    call: ({ PermissionsBoundary }) => iamCall(`Put${kind}PermissionsBoundary`, { ...who, PermissionsBoundary }),
  };
  const remove: Act = {
    title: 'iam.remove-boundary',
    call: () => iamCall(`Delete${kind}PermissionsBoundary`, who),
  };
  const acts = boundary === undefined ? [set] : [set, remove];
  return (
    <Container
      header={
        <Header variant="h2" actions={<ActBar acts={acts} />}>
          {text('iam.boundary')}
        </Header>
      }
    >
      {boundary === undefined ? text('iam.no-boundary') : <PolicyLink arn={boundary} />}
    </Container>
  );
}
