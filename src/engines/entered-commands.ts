import type { TaskId } from '../core/ids.ts';
import type { CommandRefused, EnteredCommand } from './entered-command.ts';

/** The commands that this server has started in containers: each ends with its task, and all with the server. */
export class EnteredCommands {
  readonly #running = new Map<TaskId, Set<EnteredCommand>>();

  /** Keeps one until it has ended. */
  keep(taskId: TaskId, command: EnteredCommand | CommandRefused): EnteredCommand | CommandRefused {
    if (command.kind === 'refused') return command;
    const running = this.#running.get(taskId) ?? new Set();
    this.#running.set(taskId, running.add(command));
    void command.ended.then(() => {
      running.delete(command);
      if (running.size === 0) this.#running.delete(taskId);
    });
    return command;
  }

  /** A sandbox takes them along by itself; without one nothing else ends them. */
  end(taskId: TaskId): void {
    for (const command of this.#running.get(taskId) ?? []) command.kill();
  }

  endAll(): void {
    for (const taskId of this.#running.keys()) this.end(taskId);
  }
}
