import { isAbsolute, join, normalize } from 'node:path';

/** Whether a key of a log stream stays below the root that an engine was opened with. */
export function isStreamKey(stream: string): boolean {
  const path = normalize(stream);
  return stream !== '' && path !== '.' && !isAbsolute(path) && path !== '..' && !path.startsWith('../');
}

/** The directory of a log stream. Throws `RangeError` for a key that leads out of the root. */
export function streamDirectory(logRoot: string, stream: string): string {
  if (!isStreamKey(stream)) throw new RangeError(`log stream ${stream} is not below the log root`);
  return join(logRoot, stream);
}
