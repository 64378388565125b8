import { dockerLimits } from '../docker-limits.ts';
import { Connection } from './connection.ts';

/**
 * The connections to a daemon. One that has served a call to the end of its answer serves the next. Where one has broken off, those that
 * are kept may have, too, and nobody has read it yet: all go.
 */
export class Connections {
  readonly #path: string;
  readonly #kept: Connection[] = [];
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** One that serves nobody; a new one if it is to be `alone`. */
  take(alone: boolean): Connection {
    const kept = alone ? undefined : this.#kept.pop();
    if (kept?.isFree) return kept;
    if (kept) this.#drop(kept);
    return new Connection(this.#path);
  }

  /** It has served its call to the end. */
  keep(connection: Connection): void {
    const isKept = !this.#isClosed && connection.isFree && this.#kept.length < dockerLimits.keptConnections;
    if (isKept) this.#kept.push(connection);
    else connection.destroy();
  }

  /** It has not. One that this side has let go of says nothing of the others. */
  broke(connection: Connection): void {
    if (connection.isLetGo) connection.destroy();
    else this.#drop(connection);
  }

  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  #drop(...broken: readonly Connection[]): void {
    for (const connection of [...broken, ...this.#kept.splice(0)]) connection.destroy();
  }
}
