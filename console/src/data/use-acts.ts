import { useState } from 'react';
import type { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useAct } from './use-act.ts';

/** Calls one after the other; the first that is refused ends them. */
export function useActs(): {
  readonly run: (calls: readonly Call[], onDone: () => void) => void;
  readonly isRunning: boolean;
  readonly error: CallError | null;
} {
  const act = useAct();
  const [isRunning, setRunning] = useState(false);
  const run = async (calls: readonly Call[], onDone: () => void) => {
    setRunning(true);
    try {
      for (const call of calls) await act.mutateAsync(call);
      onDone();
    } catch {
      // `act.error` has it, where it is shown.
    } finally {
      setRunning(false);
    }
  };
  return { run: (calls, onDone) => void run(calls, onDone), isRunning, error: act.error };
}
