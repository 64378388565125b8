import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type FormEvent, useState } from 'react';
import { CallError } from '../api/call-error.ts';
import { useText } from '../messages/text-context.tsx';
import { Failure } from '../views/failure.tsx';
import { useWorker } from './session-context.tsx';

const defaultRegion = 'us-east-1';

/** Asks for an access key. It is used once, for a session, and kept nowhere. */
export function SignIn({ expired }: { readonly expired: boolean }) {
  const text = useText();
  const worker = useWorker();
  const [accessKeyId, setAccessKeyId] = useState('');
  const [secretAccessKey, setSecretAccessKey] = useState('');
  const [region, setRegion] = useState(defaultRegion);
  const [error, setError] = useState<CallError>();
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
    <Box padding="xxxl">
      <form onSubmit={signIn} autoComplete="off">
        <Container header={<Header variant="h1">{text('sign-in.title', { host: location.host })}</Header>}>
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
              <FormField label={text('sign-in.access-key-id')}>
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
        </Container>
      </form>
    </Box>
  );
}
