import { join } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import { cannotStartContainer } from '../errors.ts';
import { resolveInside } from './destinations.ts';
import type { RootFiles } from './images.ts';
import type { CheckedMount } from './mounts.ts';
import { exists } from './paths.ts';

/**
 * What a container executes: `asked` takes the place of the image's command, never of its entry point, as Docker has it.
 * Throws `CannotStart` where nobody says what to run.
 */
export function commandOf(asked: readonly string[], { kind, config }: RootFiles): readonly string[] {
  // How a Dockerfile takes back the entry point of the image below.
  const entrypoint = config.entrypoint.join('') === '' ? [] : config.entrypoint;
  const command = [...entrypoint, ...(asked.length > 0 ? asked : config.command)];
  if (command.length > 0) return command;
  throw cannotStartContainer(nobodySays[kind]);
}

const nobodySays: Readonly<Record<RootFiles['kind'], string>> = {
  image: 'no command specified: neither the definition nor the image has one',
  mapped: 'no command: neither the definition nor the root file system that the image is mapped to has one',
  host: 'no command: the definition leaves it to the image, for which the files of this host stand in: give a command, or have the image here',
};

/** Says before anything runs that a command is not there, in Docker's words. What may lie in a mount is left to the start. */
export function checkCommand(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  { directory: root, kind }: RootFiles,
  mounts: readonly CheckedMount[],
): void {
  const [name = ''] = command;
  if (name.includes('/') || mounts.length > 0) return;
  const directories = (environment.PATH ?? '').split(':').filter((directory) => directory.startsWith('/'));
  const hidden = directories.some((directory) => isWithin(directory, '/home') || isWithin(directory, '/tmp'));
  const isThere = (path: string) => exists(kind === 'host' ? path : join(root, resolveInside(root, path)));
  if (hidden || directories.some((directory) => isThere(join(directory, name)))) return;
  throw cannotStartContainer(`exec: "${name}": executable file not found in $PATH`);
}
