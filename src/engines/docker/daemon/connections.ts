import { dockerLimits } from '../docker-limits.ts';
import { Connection } from './connection.ts';

/** The connections to a daemon. One that has served a call to the end of its answer serves the next. */
export class Connections {
  readonly #path: string;
  readonly #kept: Connection[] = [];
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** One that serves nobody; a new one if it is to be `alone`. */
  take(alone: boolean): Connection {
    while (!alone) {
      const kept = this.#kept.pop();
      if (!kept) break;
      if (kept.isFree) return kept;
      kept.destroy();
    }
    return new Connection(this.#path);
  }

  /** It is not wanted any more. */
  giveBack(connection: Connection, isKept: boolean): void {
    if (isKept && !this.#isClosed && this.#kept.length < dockerLimits.keptConnections) this.#kept.push(connection);
    else connection.destroy();
  }

  close(): void {
    this.#isClosed = true;
    for (const connection of this.#kept.splice(0)) connection.destroy();
  }
}
