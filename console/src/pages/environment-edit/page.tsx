import Box from '@cloudscape-design/components/box';
import { useNavigate, useParams } from 'react-router';
import { useEnvironment } from '../../data/environments.ts';
import { changedMembers } from '../../fields/changed.ts';
import { kindOfEnvironment, updateEnvironmentPlan } from '../../fields/compute-environment.ts';
import { type Input, onlyAsked } from '../../fields/path.ts';
import { FormWizard } from '../../forms/form-wizard.tsx';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';

const members = ['state', 'unmanagedvCpus', 'computeResources', 'serviceRole', 'updatePolicy'];

/** Changes an environment: what differs is sent, of its resources too. */
export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const { name = '' } = useParams();
  const { data, error } = useEnvironment(name);
  if (error) return <Failure error={error} />;
  if (!data) return null;
  const [environment] = data.computeEnvironments ?? [];
  if (!environment) return <Box variant="h1">{text('environment.not-found', { name })}</Box>;
  const back = () => void navigate(`/environments/${encodeURIComponent(name)}`);
  return (
    <FormWizard
      title={text('environment.edit')}
      plan={updateEnvironmentPlan(kindOfEnvironment(environment as Input))}
      start={onlyAsked(environment as Input, members)}
      toInput={(input, from) => update(name, from, input)}
      submitText={text('form.save')}
      onDone={back}
      onCancel={back}
    />
  );
}

function update(computeEnvironment: string, before: Input, after: Input): Input {
  const changed = changedMembers(before, after, ['computeResources']);
  return Object.keys(changed).length === 0 ? {} : { computeEnvironment, ...changed };
}
