import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import type { CallError } from '../api/call-error.ts';
import { useText } from '../messages/text-context.tsx';
import { regionIn } from './region.ts';
import { SignInForm } from './sign-in-form.tsx';

const defaultRegion = 'us-east-1';

interface SignInProps {
  readonly expired: boolean;
  readonly failed: CallError | undefined;
}

/** What who is not signed in sees. */
export function SignIn({ expired, failed }: SignInProps) {
  const text = useText();
  return (
    <Box padding="xxxl">
      <Container header={<Header variant="h1">{text('sign-in.title', { host: location.host })}</Header>}>
        <SignInForm region={regionIn(location.search) ?? defaultRegion} expired={expired} failed={failed} />
      </Container>
    </Box>
  );
}
