import { useState } from 'react';
import { CallError } from '../api/call-error.ts';
import type { Call } from '../api/protocol.ts';
import { useAct } from './use-act.ts';

/** What became of one of many calls. */
export interface ActDone {
  readonly call: Call;
  readonly error?: CallError;
}

/** Makes calls one after the other; what one is refused the others are not. */
export function useManyActs() {
  const act = useAct();
  const [done, setDone] = useState<readonly ActDone[]>([]);
  const [pending, setPending] = useState(false);
  const run = async (calls: readonly Call[]): Promise<readonly ActDone[]> => {
    setPending(true);
    const results: ActDone[] = [];
    for (const call of calls) {
      try {
        await act.mutateAsync(call);
        results.push({ call });
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        results.push({ call, error });
      }
      setDone([...results]);
    }
    setPending(false);
    return results;
  };
  return { run, done, pending };
}
