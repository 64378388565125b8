import type { TaskId } from '../../../core/ids.ts';
import type { Digest, ImageStore, Pruned, PullProgress, PullRequest, StoredImage } from '../../../images/index.ts';

/** A pull that a test ends. */
export interface AskedPull {
  readonly request: PullRequest;
  progress(progress: PullProgress): void;
  arrive(): void;
  fail(error: Error): void;
}

/** An image store that pulls what a test gives it. */
export class FakeImages implements ImageStore {
  readonly asked: AskedPull[] = [];
  readonly held = new Map<TaskId, Set<Digest>>();
  readonly #here = new Map<string, StoredImage>();
  readonly #waiting: (() => void)[] = [];

  /** Resolves with the pull that is asked for as the number of its kind, from 0. */
  async ask(index = 0): Promise<AskedPull> {
    for (;;) {
      const pull = this.asked[index];
      if (pull) return pull;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  add(image: string): StoredImage {
    const stored = storedImage(image);
    this.#here.set(image, stored);
    return stored;
  }

  find(image: string): StoredImage | undefined {
    return this.#here.get(image);
  }

  pull(request: PullRequest): Promise<StoredImage> {
    const { promise, resolve, reject } = Promise.withResolvers<StoredImage>();
    const { image, holder, signal, onProgress } = request;
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal?.aborted) reject(signal.reason);
    const arrive = () => {
      const stored = this.add(image);
      if (holder !== undefined) this.hold(stored.configDigest, holder);
      resolve(stored);
    };
    this.asked.push({ request, progress: (progress) => onProgress?.(progress), arrive, fail: reject });
    for (const tell of this.#waiting.splice(0)) tell();
    return promise;
  }

  hold(configDigest: Digest, holder: TaskId): void {
    this.held.set(holder, (this.held.get(holder) ?? new Set()).add(configDigest));
  }

  release(holder: TaskId): void {
    this.held.delete(holder);
  }

  list(): readonly StoredImage[] {
    return [...this.#here.values()];
  }

  async prune(): Promise<Pruned> {
    return { freedBytes: 0, inUse: [], unknown: [] };
  }

  async importArchive(): Promise<readonly StoredImage[]> {
    return [];
  }

  async close(): Promise<void> {
    for (const pull of this.asked) pull.fail(new Error('the store is closed'));
  }
}

function storedImage(reference: string): StoredImage {
  const digest: Digest = `sha256:${Buffer.from(reference).toString('hex').padEnd(64, '0').slice(0, 64)}`;
  const config = { entrypoint: [], command: [], environment: [], labels: {} };
  return { reference, digest, configDigest: digest, root: `/images/${reference}`, config, sizeBytes: 1, notes: [] };
}
