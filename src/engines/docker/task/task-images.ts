import type { ContainerSpec } from '../../contract.ts';
import type { Reach } from '../daemon/reach.ts';
import type { ImagePulls, WantedImage } from '../images/image-pulls.ts';
import type { TaskRecord } from './task-record.ts';

/** The images of one task, on their way to the daemon. */
export class TaskImages {
  readonly #pulls: ImagePulls;
  readonly #reach: Reach;
  readonly #isWanted: () => boolean;
  #wanted: readonly WantedImage[] = [];

  /** For a task that is no longer wanted none is pulled. */
  constructor({ images, reach }: { readonly images: ImagePulls; readonly reach: Reach }, isWanted: () => boolean) {
    this.#pulls = images;
    this.#reach = reach;
    this.#isWanted = isWanted;
  }

  /** How far those are that it waits for, in words. */
  get preparation(): string | undefined {
    const words = this.#wanted.flatMap((wanted) => this.#pulls.preparation(wanted) ?? []);
    return words.length > 0 ? [...new Set(words)].join('; ') : undefined;
  }

  /** Resolves once all are there, or the task is no longer wanted, with what their names stand for. Rejects as `ImagePulls.ensure`. */
  async ensure(containers: readonly ContainerSpec[]): Promise<Required<Pick<TaskRecord, 'images' | 'notes'>>> {
    this.#wanted = containers;
    try {
      const all = await Promise.all(
        containers.map(async (container) => {
          const resolved = await this.#reach.insist(() => this.#pulls.ensure(container, this.#isWanted));
          return resolved ? [{ name: container.name, image: container.image, resolved }] : [];
        }),
      );
      const known = all.flat();
      return {
        images: Object.fromEntries(known.map(({ name, resolved }) => [name, resolved])),
        notes: [...new Set(known.map(({ image, resolved }) => `image ${image} is ${resolved.digest}`))],
      };
    } finally {
      this.#wanted = [];
    }
  }
}
