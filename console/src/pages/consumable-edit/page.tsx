import { useNavigate, useParams } from 'react-router';
import { updateConsumablePlan } from '../../fields/consumable-resource.ts';
import { FormPage } from '../../forms/form-page.tsx';
import { useText } from '../../messages/text-context.tsx';

export function Page() {
  const text = useText();
  const navigate = useNavigate();
  const { name = '' } = useParams();
  const back = () => void navigate(`/resources/${encodeURIComponent(name)}`);
  return (
    <FormPage
      title={text('consumable.edit')}
      plan={updateConsumablePlan}
      start={{ consumableResource: name, operation: 'SET' }}
      submitText={text('form.save')}
      onDone={back}
      onCancel={back}
    />
  );
}
