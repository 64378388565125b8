import type { Clock } from '../../../core/clock.ts';
import type { Milliseconds } from '../../../core/ids.ts';

/** How far a piece of work is that may take minutes: what came of it is told once. */
export type WorkState<Result, Progress> =
  | { readonly kind: 'under-way'; readonly progress: Progress | undefined }
  | { readonly kind: 'done'; readonly result: Result };

interface Piece<Result, Progress> {
  readonly ended: Promise<Result>;
  readonly told: { readonly progress: Progress | undefined };
}

/** A request waits so long for the end; the next one goes on with the same piece. */
const patience: Milliseconds = 1_000;

/** Who asks later than this after the end asks for the work anew: whoever began it has left. */
const keptFor: Milliseconds = 60_000;

/**
 * Work that outlives the request that began it: whoever asks for the same again learns how far it is. No connection has to live as
 * long as a pull takes.
 */
export class ImageWork<Result, Progress> {
  readonly #clock: Clock;
  readonly #pieces = new Map<string, Piece<Result, Progress>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins the work of this name, or joins it. Rejects with what it rejected with. */
  async ask(
    name: string,
    begin: (onProgress: (progress: Progress) => void) => Promise<Result>,
  ): Promise<WorkState<Result, Progress>> {
    const piece = this.#pieces.get(name) ?? this.#begin(name, begin);
    const late = Promise.withResolvers<'late'>();
    const cancel = this.#clock.after(patience, () => late.resolve('late'));
    try {
      const end = await Promise.race([piece.ended.then((result) => ({ result })), late.promise]);
      if (end === 'late') return { kind: 'under-way', progress: piece.told.progress };
      this.#forget(name, piece);
      return { kind: 'done', result: end.result };
    } catch (error) {
      this.#forget(name, piece);
      throw error;
    } finally {
      cancel();
    }
  }

  #begin(name: string, begin: (onProgress: (progress: Progress) => void) => Promise<Result>): Piece<Result, Progress> {
    const told: { progress: Progress | undefined } = { progress: undefined };
    const ended = begin((progress) => {
      told.progress = progress;
    });
    const piece = { ended, told };
    this.#pieces.set(name, piece);
    const forgetLater = () => this.#clock.after(keptFor, () => this.#forget(name, piece));
    // Nobody may be asking when it ends.
    ended.then(forgetLater, forgetLater);
    return piece;
  }

  #forget(name: string, piece: Piece<Result, Progress>): void {
    if (this.#pieces.get(name) === piece) this.#pieces.delete(name);
  }
}
