import type { TaskRef } from '../../../asl/index.ts';
import type { RunningExecution } from './running.ts';

/** What a task token names. */
export interface TokenHolder {
  readonly execution: RunningExecution;
  readonly task: TaskRef;
}

/** The tokens of all tasks that wait for one, made anew from the executions' records whenever memory is. */
export class TaskTokens {
  readonly #holders = new Map<string, TokenHolder>();

  get(token: string): TokenHolder | undefined {
    return this.#holders.get(token);
  }

  add(token: string, execution: RunningExecution, task: TaskRef): void {
    this.#holders.set(token, { execution, task });
    execution.tokens ??= new Map();
    execution.tokens.set(task.frame, token);
  }

  /** The task's try is over, or it never had a token. */
  drop(execution: RunningExecution, task: TaskRef): void {
    const token = execution.tokens?.get(task.frame);
    const holder = token === undefined ? undefined : this.#holders.get(token);
    if (token === undefined || holder?.task.entry !== task.entry || holder.task.attempt !== task.attempt) return;
    this.#holders.delete(token);
    execution.tokens?.delete(task.frame);
  }

  dropAll(execution: RunningExecution): void {
    for (const token of execution.tokens?.values() ?? []) this.#holders.delete(token);
    execution.tokens = undefined;
  }

  clear(): void {
    this.#holders.clear();
  }
}

/** Whether the flow of `task` still waits for that try of it. */
export function isWaiting({ memory }: RunningExecution, { frame, entry, attempt }: TaskRef): boolean {
  const flow = memory.frame(frame);
  return flow?.kind === 'flow' && flow.phase.kind === 'task' && flow.entry === entry && flow.attempt === attempt;
}
