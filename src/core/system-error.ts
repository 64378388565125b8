/** Whether the operating system refused something. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

/** What the operating system refused, for people: what happened to which file, and to whom. */
export function systemErrorWords(error: NodeJS.ErrnoException): string {
  const { code = '', path, syscall = '', message } = error;
  const place = path === undefined ? undefined : describeByCode[code]?.(path, verbs[syscall] ?? syscall);
  return place ?? (code === 'EMFILE' ? 'no more files can be opened: raise the limit (ulimit -n)' : message);
}

const verbs: Readonly<Record<string, string>> = {
  mkdir: 'make',
  open: 'open',
  scandir: 'list',
  stat: 'look at',
  unlink: 'delete',
};

const notAllowed = (path: string, verb: string) => `this user (uid ${process.getuid?.()}) may not ${verb} ${path}`;

const describeByCode: Readonly<Record<string, (path: string, verb: string) => string>> = {
  EACCES: notAllowed,
  EPERM: notAllowed,
  ENOENT: (path) => `${path} does not exist`,
  EEXIST: (path) => `${path} exists already`,
  ENOTDIR: (path) => `${path} lies below a file, or is one`,
  EISDIR: (path) => `${path} is a directory`,
  EROFS: (path) => `${path} is on a file system that is read-only`,
  ENOSPC: (path) => `the disk of ${path} is full`,
};
