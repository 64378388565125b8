import { isDiskFull } from '../../core/disk-full.ts';
import { isHostShort } from '../../core/host-shortage.ts';
import { Shortage } from '../shortage.ts';

export { Shortage };

/** Why a container cannot start, in words for `container.reason`. Nothing of its task has run. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** AWS's form for a container that its host could not start. */
export function cannotStartContainer(words: string): CannotStart {
  return new CannotStart(`CannotStartContainerError: ${words}`);
}

/** Why a container could not be started, in AWS's form, of whatever was thrown. */
export function startFailureWords(error: unknown): string {
  return error instanceof CannotStart ? error.message : cannotStartContainer(errorWords(error)).message;
}

/** Whether an error means that disk, descriptors, processes or memory have run out. */
export function isShortage(error: unknown): boolean {
  return error instanceof Shortage || isDiskFull(error) || isHostShort(error);
}

/** The `code` of a system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of whatever was thrown. */
export function errorWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
