import { type Failure, type Json, stateErrors } from '../../../../asl/index.ts';
import type { Clock } from '../../../../core/clock.ts';
import type { Milliseconds } from '../../../../core/ids.ts';
import type { Integrations, TaskCall, TaskReport } from '../../contract.ts';

/** A test may take five minutes. */
const longestTest: Milliseconds = 5 * 60 * 1000;

export type CallOutcome = { readonly result: Json } | { readonly failure: Failure };

interface Caller {
  readonly integrations: Pick<Integrations, 'start' | 'cancel'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Really calls what a Task names, and waits for the outcome: `States.Timeout` after five minutes. */
export function callTask({ integrations, clock, signal }: Caller, call: TaskCall): Promise<CallOutcome> {
  return new Promise((resolve) => {
    const end = (outcome: CallOutcome) => {
      stopTimer();
      signal.removeEventListener('abort', leave);
      resolve(outcome);
    };
    const giveUp = (cause: string) => {
      integrations.cancel(call, cause);
      end({ failure: { error: stateErrors.timeout, cause } });
    };
    const leave = () => giveUp('The caller of TestState has gone away.');
    const stopTimer = clock.after(longestTest, () => giveUp('The test took longer than five minutes.'));
    signal.addEventListener('abort', leave);
    integrations.start(call, (report) => {
      const outcome = outcomeOf(report);
      if (outcome) end(outcome);
    });
  });
}

function outcomeOf(report: TaskReport): CallOutcome | undefined {
  switch (report.type) {
    case 'taskStarted':
    case 'taskSubmitted':
      return undefined;
    case 'taskSucceeded':
      return { result: report.output };
    case 'taskFailed':
      return { failure: { error: report.error ?? stateErrors.taskFailed, cause: report.cause ?? '' } };
    case 'taskTimedOut':
      return { failure: { error: stateErrors.timeout, cause: report.cause ?? '' } };
  }
}
