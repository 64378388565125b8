import { useNavigate } from 'react-router';
import { createPolicyPlan } from '../../fields/scheduling-policy.ts';
import { FormPage } from '../../forms/form-page.tsx';
import { useText } from '../../messages/text-context.tsx';

export function Page() {
  const text = useText();
  const navigate = useNavigate();
  return (
    <FormPage
      title={text('policy.new')}
      plan={createPolicyPlan}
      start={{ fairsharePolicy: {} }}
      submitText={text('policy.create')}
      onDone={(_answer, { name }) => void navigate(`/policies/${encodeURIComponent(String(name))}`)}
      onCancel={() => void navigate('/policies')}
    />
  );
}
