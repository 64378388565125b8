import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { CallError } from '../api/call-error.ts';
import { useText } from '../messages/text-context.tsx';
import { Failure } from '../views/failure.tsx';
import { useWorker } from './session-context.tsx';

interface SignInFormProps {
  readonly region: string;
  /** The session that was here is over. */
  readonly expired: boolean;
  /** Why one is not signed in already. */
  readonly failed?: CallError | undefined;
}

/** Asks for an access key. It is used once, for a session, and kept nowhere. */
export function SignInForm({ region: first, expired, failed }: SignInFormProps) {
  const text = useText();
  const worker = useWorker();
  const [accessKeyId, setAccessKeyId] = useState('');
  const [secretAccessKey, setSecretAccessKey] = useState('');
  const [region, setRegion] = useState(first);
  const [error, setError] = useState(failed);
  const [busy, setBusy] = useState(false);
  const signIn = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await worker.signIn({ accessKeyId: accessKeyId.trim(), secretAccessKey: secretAccessKey.trim() }, region.trim());
    } catch (failure) {
      if (!(failure instanceof CallError)) throw failure;
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={signIn} autoComplete="off">
      <Form
        actions={
          <Button variant="primary" loading={busy} formAction="submit">
            {text('sign-in.submit')}
          </Button>
        }
        secondaryActions={<Box color="text-body-secondary">{text('sign-in.kept')}</Box>}
      >
        <SpaceBetween size="m">
          {expired && <Alert type="info">{text('sign-in.expired')}</Alert>}
          {!isSecureContext && <Alert type="warning">{text('sign-in.insecure')}</Alert>}
          <FormField label={text('sign-in.access-key-id')} description={text('sign-in.by-link')}>
            <Input value={accessKeyId} onChange={({ detail }) => setAccessKeyId(detail.value)} autoFocus />
          </FormField>
          <FormField label={text('sign-in.secret-access-key')}>
            <Input
              type="password"
              value={secretAccessKey}
              onChange={({ detail }) => setSecretAccessKey(detail.value)}
            />
          </FormField>
          <FormField label={text('sign-in.region')}>
            <Input value={region} onChange={({ detail }) => setRegion(detail.value)} />
          </FormField>
          {error && <Failure error={error} />}
        </SpaceBetween>
      </Form>
    </form>
  );
}
