import type { Outcome } from './effects.ts';
import { failureDetails, type HistoryDetails, whole } from './history.ts';
import { type Ending, rootFrame } from './records.ts';
import type { Sent } from './text.ts';
import type { Turn } from './turn.ts';

/** The top level ended with an output: the execution has succeeded, and nothing of it remains. */
export function succeedExecution(turn: Turn, { value: output, text }: Sent, previousEvent: number): void {
  const details = { output: text ?? JSON.stringify(output), outputDetails: whole };
  turn.record('ExecutionSucceeded', previousEvent, { executionSucceededEventDetails: details });
  turn.delete(rootFrame);
  const outputText = text === undefined ? {} : { outputText: text };
  turn.header = { ...turn.header, status: 'SUCCEEDED', stoppedAt: turn.at, output, ...outputText };
  finish(turn, { status: 'SUCCEEDED', output });
}

const endingEvents = {
  FAILED: ['ExecutionFailed', 'executionFailedEventDetails'],
  TIMED_OUT: ['ExecutionTimedOut', 'executionTimedOutEventDetails'],
  ABORTED: ['ExecutionAborted', 'executionAbortedEventDetails'],
} as const;

/** Everything has been stopped: the execution has ended. Its frames stay for a redrive. */
export function endExecution(turn: Turn, ending: Ending): void {
  const { status, previousEvent } = ending;
  const reason = failureDetails(ending);
  const [type, member] = endingEvents[status];
  turn.record(type, previousEvent, { [member]: reason } as HistoryDetails);
  const { ending: _ended, ...header } = turn.header;
  const told = status === 'TIMED_OUT' ? {} : reason;
  turn.header = { ...header, status, stoppedAt: turn.at, ...told };
  finish(turn, { status, ...told });
}

function finish(turn: Turn, outcome: Outcome): void {
  if (turn.header.deadline !== undefined) {
    const timer = { frame: rootFrame, entry: 0, attempt: turn.header.redriveCount, purpose: 'execution' } as const;
    turn.effect({ kind: 'cancelTimer', timer });
  }
  turn.effect({ kind: 'executionEnded', outcome });
}
