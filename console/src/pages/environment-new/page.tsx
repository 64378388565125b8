import SpaceBetween from '@cloudscape-design/components/space-between';
import { useNavigate } from 'react-router';
import { createEnvironmentPlan, newEnvironments } from '../../fields/compute-environment.ts';
import { FormWizard } from '../../forms/form-wizard.tsx';
import { PlatformTiles, usePlatform } from '../../forms/platform-tiles.tsx';
import { useText } from '../../messages/text-context.tsx';

const kinds = [
  { kind: 'ec2', label: 'platform.ec2', words: 'environment.ec2' },
  { kind: 'fargate', label: 'platform.fargate', words: 'environment.fargate' },
  { kind: 'eks', label: 'platform.eks', words: 'environment.eks' },
  { kind: 'unmanaged', label: 'platform.unmanaged', words: 'environment.unmanaged' },
] as const;

export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const kind = usePlatform(['ec2', 'fargate', 'eks', 'unmanaged']);
  return (
    <SpaceBetween size="l">
      <PlatformTiles kinds={kinds} chosen={kind} />
      <FormWizard
        key={kind}
        title={text('environment.new')}
        plan={createEnvironmentPlan(kind)}
        start={newEnvironments[kind]}
        submitText={text('environment.create')}
        onDone={(_answer, { computeEnvironmentName }) =>
          void navigate(`/environments/${encodeURIComponent(String(computeEnvironmentName))}`)
        }
        onCancel={() => void navigate('/environments')}
      />
    </SpaceBetween>
  );
}
