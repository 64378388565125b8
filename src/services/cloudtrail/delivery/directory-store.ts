import { dirname, join } from 'node:path';
import { makeDirectory } from '../../../core/make-directory.ts';
import { syncPath } from '../../../core/sync-tree.ts';
import { replaceFileAside } from '../../../core/whole-file.ts';
import type { DeliveredFile, FileStore } from './file-store.ts';

/** Buckets are directories below a root, and are made when they are needed. The signature of a digest lies beside it. */
export function directoryStore(root: string): FileStore {
  return {
    put: async ({ bucket, object, content, signature }: DeliveredFile) => {
      const path = join(root, bucket, object);
      makeDirectory(dirname(path), 0o700);
      // A digest that is there has its signature.
      if (signature !== undefined) await replaceFileAside(`${path}.sig`, signature);
      await replaceFileAside(path, content);
      await syncPath(dirname(dirname(path)));
    },
  };
}
