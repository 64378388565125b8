import type { SetTimer, TimerRef } from '../../../asl/index.ts';
import type { Clock } from '../../../core/clock.ts';
import type { RunningExecution } from './running.ts';

/**
 * Sets a timer of an execution, or moves it. Wait-until follows the wall clock; for all else, what is left of the time
 * goes by the monotonic one.
 */
export function setTimer(clock: Clock, execution: RunningExecution, effect: SetTimer, fire: () => void): void {
  const key = timerKey(effect.timer);
  execution.timers ??= new Map();
  const { timers } = execution;
  timers.get(key)?.();
  const run = () => {
    execution.timers?.delete(key);
    fire();
  };
  const cancel = effect.clock === 'wall' ? clock.at(effect.at, run) : clock.after(effect.at - clock.now(), run);
  timers.set(key, cancel);
}

export function cancelTimer(execution: RunningExecution, timer: TimerRef): void {
  const key = timerKey(timer);
  execution.timers?.get(key)?.();
  execution.timers?.delete(key);
}

function timerKey({ purpose, frame, entry, attempt }: TimerRef): string {
  return `${purpose} ${frame} ${entry}.${attempt}`;
}
