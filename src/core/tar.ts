/** What a member of an archive has beside what it is. */
interface TarAttributes {
  /** Relative, without a slash at its end; at most 100 bytes. */
  readonly path: string;
  /** @default 0o644 */
  readonly mode?: number;
  /** @default 0 */
  readonly uid?: number;
  /** @default 0 */
  readonly gid?: number;
}

/** A file, a directory, or a symbolic link to `link`. */
export type TarEntry = TarAttributes &
  ({ readonly content: Buffer | string } | { readonly directory: true } | { readonly link: string });

const blockSize = 512;

/** An archive of these members, as they come, the same bytes each time. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  const end = Buffer.alloc(2 * blockSize);
  return Buffer.concat([...entries.flatMap(member), end]);
}

function member(entry: TarEntry): Buffer[] {
  const content = 'content' in entry ? Buffer.from(entry.content) : Buffer.alloc(0);
  const padding = Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize);
  return [header(entry, content.length), content, padding];
}

function header(entry: TarEntry, size: number): Buffer {
  const { path, mode = 0o644, uid = 0, gid = 0 } = entry;
  const block = Buffer.alloc(blockSize);
  const name = 'directory' in entry ? `${path}/` : path;
  if (Buffer.byteLength(name) > 100) throw new RangeError(`${path} is too long a name for this archive`);
  const number = (value: number, at: number, width: number) =>
    block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  block.write(name, 0);
  number(mode, 100, 8);
  number(uid, 108, 8);
  number(gid, 116, 8);
  number(size, 124, 12);
  number(0, 136, 12);
  block.write('directory' in entry ? '5' : 'link' in entry ? '2' : '0', 156, 'latin1');
  if ('link' in entry) block.write(entry.link, 157);
  block.write('ustar\x0000', 257, 'latin1');
  // The sum is taken with blanks in its own place.
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
