import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useLocation } from 'react-router';
import { useText } from '../messages/text-context.tsx';

/** In place of a page that failed. */
export function BrokenPage({ error }: { readonly error: Error }) {
  const text = useText();
  // Drawn anew where the address changes: the way on is the navigation.
  useLocation();
  return (
    <Alert
      type="error"
      header={text('shell.broken')}
      action={<Button onClick={() => location.reload()}>{text('shell.reload')}</Button>}
    >
      {error.message}
    </Alert>
  );
}
