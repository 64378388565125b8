import type { Digest } from '../contract.ts';

/** Who needs what: tasks their trees, pulls their blobs. In memory alone: after a start the tasks say it again. */
export class Holds<Holder> {
  readonly #byHolder = new Map<Holder, Set<Digest>>();
  readonly #counts = new Map<Digest, number>();

  hold(digest: Digest, holder: Holder): void {
    const held = this.#byHolder.get(holder) ?? new Set();
    this.#byHolder.set(holder, held);
    if (held.has(digest)) return;
    held.add(digest);
    this.#counts.set(digest, (this.#counts.get(digest) ?? 0) + 1);
  }

  /** Answers what the holder held. */
  release(holder: Holder): readonly Digest[] {
    const held = [...(this.#byHolder.get(holder) ?? [])];
    this.#byHolder.delete(holder);
    for (const digest of held) {
      const count = (this.#counts.get(digest) ?? 0) - 1;
      if (count > 0) this.#counts.set(digest, count);
      else this.#counts.delete(digest);
    }
    return held;
  }

  isHeld(digest: Digest): boolean {
    return this.#counts.has(digest);
  }
}
