import { useSession } from '../session/session-context.tsx';
import { SignIn } from '../session/sign-in.tsx';
import { Shell } from './shell.tsx';

/** The whole: nothing of it is shown to who is not signed in. */
export function Console() {
  const session = useSession();
  if (!session) return null;
  if (session.kind === 'signed-in') return <Shell />;
  return <SignIn expired={session.why === 'expired'} />;
}
