import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import type { CallError } from '../api/call-error.ts';
import { missingAction } from '../api/missing-action.ts';
import { useText } from '../messages/text-context.tsx';

/** In the place of what could not be shown: a permission that is missing is no defect, and is told from one. */
export function Failure({ error }: { readonly error: CallError }) {
  const text = useText();
  const { code, message, requestId } = error.failure;
  const header = error.denied ? text('failure.denied') : error.unreachable ? text('failure.unreachable') : code;
  const missing = error.denied ? missingAction(message) : undefined;
  return (
    <Alert type={error.denied ? 'info' : 'error'} header={header}>
      {missing !== undefined && <Box variant="p">{text('failure.missing', { action: missing })}</Box>}
      {message}
      {requestId !== undefined && <Box color="text-body-secondary">{text('failure.request', { requestId })}</Box>}
    </Alert>
  );
}
