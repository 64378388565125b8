import { processLimits } from '../limits.ts';
import { shellWord } from '../shell-word.ts';

/** What every launcher does first: end of file instead of `go` means that the runner is dead and nothing may run. */
export const awaitGo = 'IFS= read -r go <&3 && [ "$go" = go ] || exit 125\n';

/** The kernel ends jobs before it ends servers. */
export const raiseOomScore = `{ echo ${processLimits.oomScoreAdjustment} >/proc/self/oom_score_adj; } 2>/dev/null\n`;

/** Reads the environment as shell text from the launcher's pipe, and lets go of the pipe. */
export const readExports = `code=
while IFS= read -r line <&3; do code="$code$line
"; done
exec 3<&-
`;

/** Makes what was read the environment, and leaves none of the launcher's own names in it. */
export const takeExports = `eval "unset code line go OLDPWD
$code"
`;

/** Makes `root`, a mount point, the root directory, with a /proc of its own, and forgets the old one. */
export function pivotInto(root: string): string {
  return [
    `mount -t proc proc ${shellWord(`${root}/proc`)}`,
    `cd ${shellWord(root)}`,
    'pivot_root . .',
    'umount -l .',
  ].join('\n');
}
