import { shellWord } from '../../../core/quote-posix.ts';

/** Where a launcher finds the programs that it names. It starts with an empty environment, and exports nothing. */
export const ownPath = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';

/** The first descriptor of those by which a launcher joins its groups. A shell has single digits for descriptors. */
export const firstGroup = 5;

/** What every launcher does first: joins the groups of its container, and says so if it cannot. */
export function joinGroups(count: number): string {
  const descriptors = Array.from({ length: count }, (_, index) => firstGroup + index);
  const join = descriptors.map((descriptor) => `echo 0 >&${descriptor} || { echo ${notJoined} >&4; exit 125; }\n`);
  const close = count === 0 ? '' : `exec ${descriptors.map((descriptor) => `${descriptor}>&-`).join(' ')}\n`;
  return join.join('') + close;
}

/** A line that closes so many of them; one of several digits, which a shell cannot name, stays open, and is of no use to a job. */
export function closeDescriptors(first: number, count: number): string[] {
  const named = Array.from({ length: count }, (_, index) => first + index).filter((descriptor) => descriptor < 10);
  return named.length === 0 ? [] : [`exec ${named.map((descriptor) => `${descriptor}>&-`).join(' ')}`];
}

/** What a launcher writes to its status pipe when its groups do not take it. */
export const notJoined = 'not-joined';

/** What every launcher does next: end of file instead of `go` means that the runner is dead and nothing may run. */
export const awaitGo = 'IFS= read -r go <&3 && [ "$go" = go ] || exit 125\n';

/** Runs the words as a program, never as a builtin or a function. */
export const execWords = 'exec "$@"';

/**
 * The last step of a launcher that has no privilege left: goes to the job's home, makes the variables that its pipe holds
 * the environment, leaves none of its own in it, and runs `then`.
 */
export function becomeJob(home: string, then: string): string {
  return `cd ${shellWord(home)} || exit 126\n${readExports}${takeExports}${then}`;
}

/** Reads the environment as shell text from the launcher's pipe, and lets go of the pipe. */
const readExports = `code=
while IFS= read -r line <&3; do code="$code$line
"; done
exec 3<&-
`;

/** Makes what was read the environment, and leaves none of the launcher's own names in it. */
const takeExports = `eval "unset code line go OLDPWD
$code"
`;

/** Makes `root`, a mount point, the root directory, and forgets the old one. */
export function pivotInto(root: string): string {
  return [`cd ${shellWord(root)}`, 'pivot_root . .', 'umount -l .'].join('\n');
}
