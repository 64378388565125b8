/**
 * Whether what a launcher said last is of something that may be otherwise a moment later. bubblewrap shows the host's files
 * with every file system in them: one that anybody unmounts meanwhile, or whose mount point is removed, is not there any
 * more when its flags are set. And this host may be short of what a sandbox is made of.
 */
export function mayPass(words: string): boolean {
  return isRace.test(words) || isShortageOfHost.test(words);
}

const isRace = /^Can't bind mount .*: (No such file or directory|Invalid argument)$/;

/** What the C library calls ENOSPC (of namespaces, too), EAGAIN, ENOMEM, EMFILE and ENFILE; a shell has words of its own. */
const isShortageOfHost =
  /(No space left on device|Resource temporarily unavailable|Cannot allocate memory|Too many open files( in system)?|Cannot fork)$|\(ENOSPC\)$/;
