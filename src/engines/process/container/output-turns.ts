import { BufferRoom } from '../../line-buffer.ts';
import { processLimits } from '../limits.ts';

/** What waits for its turn, and takes it. */
export interface TakesTurns {
  /** Reads nothing until `takeTurn`. */
  awaitTurn(): void;
  takeTurn(): void;
}

/**
 * Bounds what the outputs of a runner cost in one turn of its event loop: a read of line ends takes as long as one of twenty times
 * the bytes, and two hundred jobs that write nothing else would keep everybody else waiting for seconds. Once a turn has had its fill all outputs
 * wait, and go on in their order, few in each turn.
 */
export class OutputTurns {
  /** What outputs that do not wait may hold in memory together. */
  readonly room = new BufferRoom(processLimits.bufferedBytes);
  readonly #outputs = new Set<TakesTurns>();
  /** The longest waiting first. */
  readonly #waiting = new Map<object, () => void>();
  #spent = 0;
  #hasNext = false;

  add(output: TakesTurns): void {
    this.#outputs.add(output);
  }

  remove(output: TakesTurns): void {
    this.#outputs.delete(output);
    this.#waiting.delete(output);
  }

  /** Counts what an output has cost: bytes on disk, which are a measure of lines too. */
  spend(output: TakesTurns, cost: number): void {
    this.#spent += cost;
    this.#nextSoon();
    if (this.#spent < processLimits.outputPerTurn) return;
    this.#waiting.delete(output);
    for (const other of this.#outputs) if (other !== output) this.#wait(other);
    // It has had a turn: it comes after those who have not.
    if (this.#outputs.has(output)) this.#wait(output);
  }

  /** Resolves in the turn of who asks, for one read. */
  next(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.set(promise, resolve);
    this.#nextSoon();
    return promise;
  }

  #wait(output: TakesTurns): void {
    if (this.#waiting.has(output)) return;
    this.#waiting.set(output, () => output.takeTurn());
    output.awaitTurn();
  }

  #nextSoon(): void {
    if (this.#hasNext) return;
    this.#hasNext = true;
    setImmediate(() => this.#begin());
  }

  #begin(): void {
    this.#hasNext = false;
    this.#spent = 0;
    for (const [key, go] of [...this.#waiting].slice(0, processLimits.outputsPerTurn)) {
      this.#waiting.delete(key);
      go();
    }
    if (this.#waiting.size > 0) this.#nextSoon();
  }
}
