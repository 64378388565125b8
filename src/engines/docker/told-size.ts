import type { CancelTimer, Clock } from '../../core/clock.ts';
import type { Milliseconds } from '../../core/ids.ts';
import type { TerminalSize } from '../entered-command.ts';
import { dockerLimits } from './docker-limits.ts';

/**
 * The size of a terminal, told until its daemon has it: `refused` is told again, since the connection is there before the command
 * is; `perhaps` too, ever more seldom, until the command ends. One call at a time: of several sizes the last counts.
 */
export class ToldSize {
  readonly #tellOnce: (size: TerminalSize) => Promise<'known' | 'perhaps' | 'refused'>;
  readonly #clock: Clock;
  #wanted: TerminalSize | undefined;
  #isTelling = false;
  #isOver = false;
  #pause: Milliseconds = dockerLimits.firstResizeMs;
  #cancel: CancelTimer = () => {};

  constructor(tellOnce: (size: TerminalSize) => Promise<'known' | 'perhaps' | 'refused'>, clock: Clock) {
    this.#tellOnce = tellOnce;
    this.#clock = clock;
  }

  /** From now on it is to be this. */
  want(size: TerminalSize): void {
    this.#wanted = size;
    this.#pause = dockerLimits.firstResizeMs;
    this.#cancel();
    if (!this.#isTelling) void this.#tell(size);
  }

  /** The command has ended: nobody is told any more. */
  end(): void {
    this.#isOver = true;
    this.#cancel();
  }

  async #tell(size: TerminalSize): Promise<void> {
    if (this.#isOver) return;
    this.#isTelling = true;
    const answer = await this.#tellOnce(size);
    this.#isTelling = false;
    if (this.#isOver) return;
    const wanted = this.#wanted ?? size;
    if (wanted !== size) return this.#tell(wanted);
    if (answer === 'known') return;
    this.#cancel = this.#clock.after(this.#pause, () => void this.#tell(wanted));
    this.#pause = Math.min(2 * this.#pause, dockerLimits.lastResizeMs);
  }
}
