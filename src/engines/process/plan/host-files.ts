import { join } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import type { NodeNetwork } from '../network/node-network.ts';
import type { CheckedMount } from './mounts.ts';
import type { ScratchDirectories } from './sandbox.ts';

/** A file that a container sees in the place of the host's or its image's. */
export interface HostFile {
  /** Where it is written before the container starts. */
  readonly path: string;
  readonly text: string;
}

/** What a node of a gang knows of names. */
export interface HostFiles {
  readonly files: readonly HostFile[];
  readonly mounts: readonly CheckedMount[];
  readonly notes: readonly string[];
}

/** None where something that was asked for, at one of `targets`, lies over their place: that is what the container wants there. */
export function hostFiles(
  network: NodeNetwork | undefined,
  { hosts, resolvConf }: ScratchDirectories,
  targets: readonly string[],
): HostFiles {
  const wanted = [
    { path: hosts, target: '/etc/hosts', text: network?.hosts },
    { path: resolvConf, target: '/etc/resolv.conf', text: network?.resolvConf },
  ].flatMap(({ text, ...rest }) => (text === undefined ? [] : [{ ...rest, text }]));
  const isCovered = (target: string) => targets.some((place) => isWithin(target, place));
  const shown = wanted.filter(({ target }) => !isCovered(target));
  return {
    files: shown.map(({ path, text }) => ({ path, text })),
    mounts: shown.map(({ path, target }) => ({ source: path, target, readOnly: true, isDirectory: false, hidden: [] })),
    notes: wanted
      .filter(({ target }) => isCovered(target))
      .map(({ target }) => `${target} is of a mount and does not tell of the nodes`),
  };
}

/** Where they are written: in the scratch directory of the container, which its job cannot change. */
export function hostFilePaths(root: string): Pick<ScratchDirectories, 'hosts' | 'resolvConf'> {
  return { hosts: join(root, 'hosts'), resolvConf: join(root, 'resolv.conf') };
}
