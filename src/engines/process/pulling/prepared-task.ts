import type { Clock } from '../../../core/clock.ts';
import type { ContainerSpec, TaskSpec } from '../../contract.ts';
import { type Preparation, preparationWords } from '../../preparation-words.ts';
import { CannotStart } from '../errors.ts';
import { type ChoiceGround, chooseImage, type ImageChoice, withImage } from './image-choice.ts';
import { ImagePull } from './image-pull.ts';

/** A task whose images are on their way here. */
export class PreparedTask {
  readonly task: TaskSpec;
  readonly #ground: ChoiceGround;
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  /** By container; those that have theirs are not in it. */
  readonly #preparations = new Map<string, string>();

  constructor(task: TaskSpec, ground: ChoiceGround, clock: Clock) {
    this.task = task;
    this.#ground = ground;
    this.#clock = clock;
  }

  get signal(): AbortSignal {
    return this.#stopped.signal;
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** For people. */
  get words(): string | undefined {
    return this.#preparations.size === 0 ? undefined : [...new Set(this.#preparations.values())].join('; ');
  }

  /** The task as its runner gets it. Rejects with `CannotStart` where an image cannot be had, and once it was stopped. */
  async equipped(): Promise<TaskSpec> {
    const failed = new AbortController();
    const signal = AbortSignal.any([this.signal, failed.signal]);
    const containers = this.task.containers.map((container) => this.#equip(container, signal));
    try {
      return { ...this.task, containers: await Promise.all(containers) };
    } catch (error) {
      failed.abort();
      await Promise.allSettled(containers);
      throw error;
    }
  }

  async #equip(container: ContainerSpec, signal: AbortSignal): Promise<ContainerSpec> {
    const chosen = chooseImage(container, this.#ground);
    return withImage(container, allowed(chosen === 'pull' ? await this.#pull(container, signal) : chosen));
  }

  async #pull(container: ContainerSpec, signal: AbortSignal): Promise<ImageChoice> {
    const { name, image } = container;
    const onPreparation = (preparation: Preparation) =>
      this.#preparations.set(name, preparationWords(image, preparation));
    onPreparation({ phase: 'waiting', bytes: 0 });
    const around = { ground: this.#ground, clock: this.#clock, holder: this.task.taskId, signal, onPreparation };
    const pull = new ImagePull({ container, ...around });
    return await pull.result().finally(() => this.#preparations.delete(name));
  }
}

/** The task as its runner gets it, if all of its images are here; undefined if one is to be pulled. Throws `CannotStart`. */
export function equippedNow(task: TaskSpec, ground: ChoiceGround): TaskSpec | undefined {
  const containers: ContainerSpec[] = [];
  let mustPull = false;
  for (const container of task.containers) {
    const chosen = chooseImage(container, ground);
    if (chosen === 'pull') mustPull = true;
    else containers.push(withImage(container, allowed(chosen)));
  }
  return mustPull ? undefined : { ...task, containers };
}

function allowed(choice: ImageChoice): Exclude<ImageChoice, { kind: 'refused' }> {
  if (choice.kind === 'refused') throw new CannotStart(choice.reason);
  return choice;
}
