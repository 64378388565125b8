import { isShortOfFiles } from './short-of-files.ts';

const codes: ReadonlySet<unknown> = new Set(['ENOMEM', 'EAGAIN']);

/**
 * Whether something failed because this process, or the system, has no more descriptors, memory or processes. Nothing is wrong with
 * what was wanted, and it may work later. Causes count. A disk that is full is another matter: see `isDiskFull`.
 */
export function isHostShort(error: unknown): boolean {
  if (isShortOfFiles(error)) return true;
  for (let each = error; each instanceof Error; each = each.cause)
    if ('code' in each && codes.has(each.code)) return true;
  return false;
}
