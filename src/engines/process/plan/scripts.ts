import { processLimits } from '../limits.ts';
import { shellWord } from '../shell-word.ts';

/** The first descriptor of those by which a launcher joins its groups. A shell has single digits for descriptors. */
const firstGroup = 5;

/** What every launcher does first: joins the groups of its container, and says so if it cannot. */
export function joinGroups(count: number): string {
  const descriptors = Array.from({ length: count }, (_, index) => firstGroup + index);
  const join = descriptors.map((descriptor) => `echo 0 >&${descriptor} || { echo ${notJoined} >&4; exit 125; }\n`);
  const close = count === 0 ? '' : `exec ${descriptors.map((descriptor) => `${descriptor}>&-`).join(' ')}\n`;
  return join.join('') + close;
}

/** What a launcher writes to its status pipe when its groups do not take it. */
export const notJoined = 'not-joined';

/** What every launcher does next: end of file instead of `go` means that the runner is dead and nothing may run. */
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
