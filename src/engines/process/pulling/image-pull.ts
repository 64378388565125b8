import type { Clock } from '../../../core/clock.ts';
import type { TaskId } from '../../../core/ids.ts';
import { pause } from '../../../core/pause.ts';
import { PullFailed, type PullProgress, PullStalled, parseReference, type StoredImage } from '../../../images/index.ts';
import type { ContainerSpec } from '../../contract.ts';
import type { Preparation } from '../../preparation-words.ts';
import { errorWords } from '../errors.ts';
import { processLimits } from '../limits.ts';
import { type ChoiceGround, cannotPull, type ImageChoice, standIn } from './image-choice.ts';
import { Overdue, Patience } from './pull-times.ts';

export interface ImagePullOptions {
  readonly container: Pick<ContainerSpec, 'image' | 'registryCredentials'>;
  readonly ground: ChoiceGround;
  readonly clock: Clock;
  readonly holder: TaskId;
  /** Gives up. */
  readonly signal: AbortSignal;
  readonly onPreparation: (preparation: Preparation) => void;
}

/** One try. */
type Outcome =
  | { readonly kind: 'image'; readonly image: StoredImage }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'stalled'; readonly by: PullStalled['why']; readonly why: string };

/** The image of one container, on its way here: tried again while it stalls, until it is here, cannot be had, or took too long. */
export class ImagePull {
  readonly #options: ImagePullOptions;
  /** Absent: the image is of a file of this machine. */
  readonly #registry: string | undefined;
  /** Its registry has answered with the image: from here on it takes its time, and nothing stands in. */
  #begun = false;
  /** Its registry has been silent for too long, or was for others. */
  #silent: string | undefined;

  constructor(options: ImagePullOptions) {
    this.#options = options;
    const reference = parseReference(options.container.image);
    this.#registry = reference.kind === 'registry' ? reference.domain : undefined;
  }

  /** What the container runs on. Rejects only once `signal` has aborted. */
  async result(): Promise<ImageChoice> {
    const { image } = this.#options.container;
    const overdue = new Overdue(this.#options.clock, this.#options.ground.policy.pullTimeout);
    try {
      for (;;) {
        const outcome = await this.#try(overdue.signal);
        this.#options.signal.throwIfAborted();
        if (outcome.kind === 'image') return outcome;
        if (overdue.signal.aborted) return cannotPull(`image ${image}: ${overdue.words}`);
        if (outcome.kind === 'failed') return this.#without(outcome.why);
        if (outcome.by === 'unreachable' && this.#mayDoWithout) return this.#unreachable(outcome.why);
        this.#options.onPreparation({ phase: outcome.by, why: outcome.why });
        // That this machine has no room, or no process to spare, is not the pull's doing.
        const { clock, signal } = this.#options;
        const wait = () => pause(clock, processLimits.pullAgainMs, signal);
        await (outcome.by !== 'unreachable' ? overdue.suspend(wait) : wait());
      }
    } finally {
      overdue.cancel();
    }
  }

  get #mayDoWithout(): boolean {
    const { policy } = this.#options.ground;
    return this.#registry !== undefined && policy.unmapped === 'host' && !this.#begun;
  }

  /** Why its registry is not asked now. */
  get #resting(): string | undefined {
    return this.#registry === undefined ? undefined : this.#options.ground.rest.reason(this.#registry);
  }

  #without(why: string): ImageChoice {
    const { container, ground } = this.#options;
    // In the words of the registry: they name the image.
    return this.#mayDoWithout ? standIn(container.image, why, ground.policy) : cannotPull(why);
  }

  #unreachable(why: string): ImageChoice {
    const { container, ground } = this.#options;
    if (this.#registry !== undefined) ground.rest.note(this.#registry, why);
    return standIn(container.image, why, ground.policy);
  }

  async #try(overdue: AbortSignal): Promise<Outcome> {
    const { container, ground, clock, holder, signal } = this.#options;
    const patience = new Patience(clock, () => this.#giveUpRegistry());
    const impatient = patience.signal;
    if (this.#mayDoWithout) patience.begin();
    try {
      const image = await ground.policy.store.pull({
        image: container.image,
        ...(container.registryCredentials ? { credentials: container.registryCredentials } : {}),
        holder,
        signal: AbortSignal.any([signal, overdue, impatient]),
        onProgress: (progress) => this.#onProgress(progress, patience),
      });
      return { kind: 'image', image };
    } catch (error) {
      if (this.#silent !== undefined) return { kind: 'stalled', by: 'unreachable', why: this.#silent };
      if (error instanceof PullStalled) return { kind: 'stalled', by: error.why, why: error.message };
      if (error instanceof PullFailed) return { kind: 'failed', why: error.message };
      return { kind: 'failed', why: `image ${container.image}: ${errorWords(error)}` };
    } finally {
      patience.end();
    }
  }

  #onProgress(progress: PullProgress, patience: Patience): void {
    this.#options.onPreparation(progress);
    const { phase } = progress;
    if (phase === 'downloading' || phase === 'unpacking') this.#begun = true;
    if (phase !== 'resolving' || !this.#mayDoWithout) patience.end();
    // It may have waited for pulls that found the registry silent.
    else if (this.#resting === undefined) patience.begin();
    else patience.lose();
  }

  #giveUpRegistry(): void {
    const seconds = processLimits.registryPatienceMs / 1000;
    this.#silent = this.#resting ?? `registry ${this.#registry} did not answer within ${seconds} s`;
  }
}
