import { isWithin } from '../../../core/within.ts';
import { cannotStartContainer } from '../errors.ts';

/**
 * What programs of ours read in a sandbox whose root directory is made of the host's files, while they still have
 * privileges: themselves, their libraries, and what the dynamic loader looks at.
 */
const programs = /^\/(usr\/(local\/)?)?(s?bin|lib[0-9a-z]*)(\/|$)/;
const loader = /^\/etc\/ld[^/]*(\/|$)/;
const whole = ['/usr/local/lib', '/usr/lib', '/etc/ld.so.cache', '/proc'];

/**
 * Refuses a mount point, resolved, in which a job's files would stand for those of programs that run in its sandbox as
 * root: `setpriv` above all.
 */
export function refuseOverOwnFiles(target: string, sandbox: string): void {
  const covers = programs.test(target) || loader.test(target) || whole.some((path) => isWithin(path, target));
  if (!covers && !isWithin(target, '/proc')) return;
  throw cannotStartContainer(
    `a mount at ${target} would lie over programs of the host, which needs bubblewrap with user namespaces, not ${sandbox}`,
  );
}
