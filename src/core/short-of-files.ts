const codes: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);

/**
 * Whether something failed because this process, or the system, may open no more files. Nothing is wrong with what was
 * wanted, and it may work later. Causes count.
 */
export function isShortOfFiles(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const code = 'code' in each ? each.code : undefined;
    if (codes.has(code)) return true;
    // A thread that could not be started has the reason in its words alone.
    if (code === 'ERR_WORKER_INIT_FAILED' && /\bE[MN]FILE\b/.test(each.message)) return true;
  }
  return false;
}
