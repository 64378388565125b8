import SegmentedControl from '@cloudscape-design/components/segmented-control';
import { useSearchParams } from 'react-router';
import { useText } from '../messages/text-context.tsx';

/** Whether a form is shown as fields or as JSON: the address says which. */
export function useFormView(): readonly ['form' | 'json', (view: 'form' | 'json') => void] {
  const [search, setSearch] = useSearchParams();
  const view = search.get('view') === 'json' ? 'json' : 'form';
  const choose = (next: 'form' | 'json') =>
    setSearch((before) => {
      const after = new URLSearchParams(before);
      if (next === 'json') after.set('view', 'json');
      else after.delete('view');
      return after;
    });
  return [view, choose];
}

export function FormViews() {
  const text = useText();
  const [view, choose] = useFormView();
  return (
    <SegmentedControl
      label={text('form.view')}
      selectedId={view}
      options={[
        { id: 'form', text: text('form.view.form') },
        { id: 'json', text: text('form.view.json') },
      ]}
      onChange={({ detail }) => choose(detail.selectedId === 'json' ? 'json' : 'form')}
    />
  );
}
