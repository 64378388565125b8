/** A path as the file system is to take it: text where that is the same, which is faster, else bytes. */
export type FilePath = string | Buffer;

/** `name` in the directory that a descriptor holds: what `openat` does. Never follows anything but the descriptor itself. */
export function pathAt(directory: number, name: string): FilePath {
  const path = `/proc/self/fd/${directory}/${name}`;
  return isAscii(name) ? path : Buffer.from(path, 'latin1');
}

/** What a symbolic link says, as the file system is to take it. */
export function linkTarget(target: string): FilePath {
  return isAscii(target) ? target : Buffer.from(target, 'latin1');
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}
