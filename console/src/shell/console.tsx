import { lazy, Suspense } from 'react';
import { useSession } from '../session/session-context.tsx';

// Apart: who is signed in never loads the form, and who is not reads it before the rest is there.
const Shell = lazy(async () => ({ default: (await import('./shell.tsx')).Shell }));
const SignIn = lazy(async () => ({ default: (await import('../session/sign-in.tsx')).SignIn }));

/** The whole: nothing of it is shown to who is not signed in. */
export function Console() {
  const session = useSession();
  if (!session) return null;
  return (
    <Suspense>{session.kind === 'signed-in' ? <Shell /> : <SignIn expired={session.why === 'expired'} />}</Suspense>
  );
}
