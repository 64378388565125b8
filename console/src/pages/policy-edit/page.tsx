import Box from '@cloudscape-design/components/box';
import { useNavigate, useParams } from 'react-router';
import { usePolicy } from '../../data/policies.ts';
import { isSame } from '../../fields/changed.ts';
import { updatePolicyPlan } from '../../fields/scheduling-policy.ts';
import { FormPage } from '../../forms/form-page.tsx';
import { useText } from '../../messages/text-context.tsx';
import { Failure } from '../../views/failure.tsx';

/** Changes a policy: it is sent whole, as the operation takes it. */
export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const { name = '' } = useParams();
  const { policy, error, isPending } = usePolicy(name);
  if (error) return <Failure error={error} />;
  if (isPending) return null;
  if (!policy) return <Box variant="h1">{text('policy.not-found', { name })}</Box>;
  const { arn, fairsharePolicy = {} } = policy;
  const back = () => void navigate(`/policies/${encodeURIComponent(name)}`);
  return (
    <FormPage
      title={text('policy.edit')}
      plan={updatePolicyPlan}
      start={{ fairsharePolicy }}
      toInput={(input, before) => (isSame(input, before) ? {} : { arn, fairsharePolicy: {}, ...input })}
      submitText={text('form.save')}
      onDone={back}
      onCancel={back}
    />
  );
}
