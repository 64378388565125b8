import { realpathSync } from 'node:fs';
import { isWithin } from '../../../core/within.ts';
import { errorCode } from '../errors.ts';
import type { AllowedPath } from '../runner/runner-config.ts';

/**
 * Why a task may not have an image of a file of this machine, which the server reads with its own rights: it is below none of the
 * paths that volumes may mount. Undefined if it may.
 */
export function archiveRefusal(path: string, allowed: readonly AllowedPath[]): string | undefined {
  try {
    const real = realpathSync(path);
    if (allowed.some((prefix) => isWithin(real, prefix.real))) return undefined;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return `${path} cannot be read (${errorCode(error)})`;
  }
  const words = allowed.length === 0 ? 'none is' : `these are: ${allowed.map(({ written }) => written).join(', ')}`;
  return `${path} may not be read: it lies below no directory that hostPaths of the server names (${words})`;
}
