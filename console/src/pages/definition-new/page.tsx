import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import { definitionPlan, newDefinitions } from '../../fields/register-job-definition.ts';
import { FormWizard } from '../../forms/form-wizard.tsx';
import { PlatformTiles, usePlatform } from '../../forms/platform-tiles.tsx';
import { useText } from '../../messages/text-context.tsx';

const kinds = [
  { kind: 'ec2', label: 'platform.ec2', words: 'definition.ec2' },
  { kind: 'fargate', label: 'platform.fargate', words: 'definition.fargate' },
  { kind: 'eks', label: 'platform.eks', words: 'definition.eks' },
  { kind: 'nodes', label: 'platform.nodes', words: 'definition.nodes' },
] as const;

/** Registers the first revision of a definition, or another one of a name that there is. */
export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const kind = usePlatform(['ec2', 'fargate', 'eks', 'nodes']);
  return (
    <SpaceBetween size="l">
      <PlatformTiles kinds={kinds} chosen={kind} />
      <FormWizard
        key={kind}
        title={text('definition.new')}
        plan={definitionPlan(kind)}
        start={newDefinitions[kind]}
        submitText={text('definition.register')}
        onDone={(_answer, { jobDefinitionName }) =>
          void navigate(`/definitions/${encodeURIComponent(String(jobDefinitionName))}`)
        }
        onCancel={() => void navigate('/definitions')}
      />
    </SpaceBetween>
  );
}
