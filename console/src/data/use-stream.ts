import { useEffect, useEffectEvent, useState } from 'react';
import { CallError } from '../api/call-error.ts';
import type { StreamedEvent } from '../api/event-stream.ts';
import type { Call } from '../api/protocol.ts';
import { useWorker } from '../session/session-context.tsx';

export type StreamState =
  | { readonly kind: 'closed' | 'open' | 'ended' }
  | { readonly kind: 'failed'; readonly error: CallError };

/** Hears what `call` answers for as long as the page shows it; another call begins anew, none ends it. */
export function useStream(call: Call | undefined, hear: (event: StreamedEvent) => void): StreamState {
  const worker = useWorker();
  const [state, setState] = useState<StreamState>({ kind: 'closed' });
  const onEvent = useEffectEvent(hear);
  // The same call is the same stream, though each rendering makes another object of it.
  const key = call && JSON.stringify(call);
  useEffect(() => {
    if (key === undefined) {
      setState({ kind: 'closed' });
      return;
    }
    setState({ kind: 'open' });
    const stream = worker.stream(JSON.parse(key) as Call, (event) => onEvent(event));
    stream.ended.then(
      () => setState({ kind: 'ended' }),
      (error: unknown) => {
        if (error instanceof CallError) setState({ kind: 'failed', error });
        else throw error;
      },
    );
    return () => stream.stop();
  }, [worker, key]);
  return state;
}
