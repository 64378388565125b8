import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { SystemClock } from '../../core/clock.ts';
import { SystemRandom } from '../../core/random.ts';
import { type DiskImageStore, type ImageStoreOptions, openImageStore } from './image-store.ts';

export interface TestStore {
  readonly store: DiskImageStore;
  readonly directory: string;
  /** What it has warned of. */
  readonly warnings: string[];
}

/** A store in a directory of its own, or in that of `options`, which is closed after the test. Tries again at once. */
export async function openTestStore(t: TestContext, options: Partial<ImageStoreOptions> = {}): Promise<TestStore> {
  const warnings: string[] = [];
  const { directory = temporary(t) } = options;
  const store = await openImageStore({
    ...{ directory, clock: new SystemClock(), random: new SystemRandom(), reserveBytes: 0 },
    warn: (words) => warnings.push(words),
    ...options,
    patience: { backoff: 1, ...options.patience },
  });
  t.after(() => store.close());
  return { store, directory, warnings };
}

/** A directory that is gone after the test. */
export function temporary(t: TestContext): string {
  const above = mkdtempSync(join(tmpdir(), 'images-'));
  t.after(() => rmSync(above, { recursive: true, force: true }));
  return join(above, 'images');
}
