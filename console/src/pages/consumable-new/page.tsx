import { useNavigate } from 'react-router';
import { createConsumablePlan } from '../../fields/consumable-resource.ts';
import { FormPage } from '../../forms/form-page.tsx';
import { useText } from '../../messages/text-context.tsx';

export function Page() {
  const text = useText();
  const navigate = useNavigate();
  return (
    <FormPage
      title={text('consumable.new')}
      plan={createConsumablePlan}
      start={{ totalQuantity: 1 }}
      submitText={text('consumable.create')}
      onDone={(_answer, { consumableResourceName: name }) =>
        void navigate(`/resources/${encodeURIComponent(String(name))}`)
      }
      onCancel={() => void navigate('/resources')}
    />
  );
}
