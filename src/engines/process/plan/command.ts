import { join } from 'node:path';
import { cannotStartContainer } from '../errors.ts';
import type { CheckedMount } from './mounts.ts';
import { exists, isWithin } from './paths.ts';

/** Says before anything runs that a command is not there, in Docker's words. What may lie in a mount is left to the start. */
export function checkCommand(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  root: string,
  mounts: readonly CheckedMount[],
): void {
  const [name = ''] = command;
  if (name.includes('/') || mounts.length > 0) return;
  const directories = (environment.PATH ?? '').split(':').filter((directory) => directory.startsWith('/'));
  const hidden = directories.some((directory) => isWithin(directory, '/home') || isWithin(directory, '/tmp'));
  if (hidden || directories.some((directory) => exists(join(root, directory, name)))) return;
  throw cannotStartContainer(`exec: "${name}": executable file not found in $PATH`);
}
