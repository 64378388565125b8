/** What an image may take, and how long its unpacking may say nothing. */
export interface UnpackLimits {
  /** Of all layers together, unpacked. */
  readonly bytes: number;
  /** Bytes of the disk that are left free. */
  readonly reserve: number;
  /** Files, directories, links and marks of all layers together. */
  readonly entries: number;
  /** Bytes of a path, and of what a symbolic link says. */
  readonly nameBytes: number;
  /** Bytes of one part of a path. */
  readonly componentBytes: number;
  /** Parts of a path. */
  readonly depth: number;
  /** Names that are looked at for marks, and parts of paths behind links, of all layers together: they cost time and no bytes. */
  readonly looks: number;
  /** Bytes of what stands before an entry. The reader of archives ends at 4 MiB by itself. */
  readonly headerBytes: number;
  readonly layers: number;
  /** A process that unpacks and says nothing for so long is ended. */
  readonly silenceMs: number;
  /** The longest that the disk may take to hold a tree, once its files are written. */
  readonly syncMs: number;
}

export const unpackLimits: UnpackLimits = {
  bytes: 50_000_000_000,
  reserve: 1024 ** 3,
  entries: 2_000_000,
  nameBytes: 4096,
  componentBytes: 255,
  depth: 200,
  looks: 20_000_000,
  headerBytes: 1024 ** 2,
  layers: 500,
  silenceMs: 60_000,
  syncMs: 600_000,
};

/** How many symbolic links one path may lead through, as Linux has it. */
export const linksOfPath = 40;

/** Directories that are held open: at so many, the oldest are closed until so few are left. */
export const openDirectories = { most: 400, kept: 200 } as const;
