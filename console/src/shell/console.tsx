import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { CallError } from '../api/call-error.ts';
import { LiveAnswers } from '../data/live-answers.tsx';
import { useSession, useWorker } from '../session/session-context.tsx';
import { takeLink } from '../session/take-link.ts';
import type { SessionState } from '../worker/messages.ts';
import { useLoaded } from './use-loaded.ts';

// Apart: who is signed in never loads the form, and who is not reads it before the rest is there.
const loadShell = async () => (await import('./shell.tsx')).Shell;
const loadSignIn = async () => (await import('../session/sign-in.tsx')).SignIn;
const SessionOver = lazy(async () => ({ default: (await import('./session-over.tsx')).SessionOver }));

/** The whole: nothing of it is shown to who is not signed in, but what was shown before a session ended stays. */
export function Console() {
  const session = useSession();
  const link = useLink();
  const last = useLastSignedIn();
  if (!session || link.isOpening) return null;
  const isOver = session.kind === 'signed-out' && session.why === 'expired';
  const shown = session.kind === 'signed-in' ? session : isOver ? last : undefined;
  return (
    <Suspense>
      {shown ? <Signed key={shown.arn} session={shown} /> : <SigningIn expired={isOver} failed={link.failed} />}
      {shown && isOver && <SessionOver />}
    </Suspense>
  );
}

/** What one principal has read no other is shown. */
function Signed({ session }: { readonly session: SessionState }) {
  const queries = useMemo(() => new QueryClient(), []);
  const Shell = useLoaded('shell', loadShell);
  return (
    <QueryClientProvider client={queries}>
      <LiveAnswers />
      {Shell && <Shell session={session} />}
    </QueryClientProvider>
  );
}

function SigningIn(props: { readonly expired: boolean; readonly failed: CallError | undefined }) {
  const SignIn = useLoaded('sign-in', loadSignIn);
  return SignIn ? <SignIn {...props} /> : null;
}

function useLastSignedIn(): SessionState | undefined {
  const session = useSession();
  const [last, setLast] = useState<SessionState>();
  // Noted while drawing: the page must not be without it for a moment when the session ends.
  if (session?.kind === 'signed-in' && session !== last) setLast(session);
  if (session?.kind === 'signed-out' && session.why === undefined && last) setLast(undefined);
  return last;
}

/** Opens the link in the address. Who is signed in already stays who they are. */
function useLink() {
  const worker = useWorker();
  const session = useSession();
  const [link, setLink] = useState(takeLink);
  const [failed, setFailed] = useState<CallError>();
  const isKnown = session !== undefined;
  const isSignedIn = session?.kind === 'signed-in';
  useEffect(() => {
    if (!link || !isKnown) return;
    if (isSignedIn) {
      setLink(undefined);
      return;
    }
    worker.redeem(link.token, link.region).catch((error: unknown) => {
      if (!(error instanceof CallError)) throw error;
      setFailed(error);
      setLink(undefined);
    });
  }, [link, isKnown, isSignedIn, worker]);
  return { isOpening: link !== undefined, failed };
}
