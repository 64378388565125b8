/** The parts of package-lock.json that matter here. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly license?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly cpu?: readonly string[];
  readonly os?: readonly string[];
  readonly libc?: readonly string[];
  readonly optional?: boolean;
}

/** Entries for the platform packages that the lock file's packages name and that it lacks, by lock file key. */
export function missingPlatformPackages({ packages }: LockFile): Readonly<Record<string, LockEntry>> {
  const missing: Record<string, LockEntry> = {};
  for (const [key, parent] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const place = `node_modules/${name}`;
      if (key !== '' && !(place in packages)) missing[place] = entryFor(name, version, parent);
    }
  }
  return missing;
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

/** Platform packages are named by their platform: `cli-linux-x64-musl`. Of a range the least version is taken, which there is. */
function entryFor(name: string, range: string, parent: LockEntry): LockEntry {
  const version = range.replace(/^[~^]/, '');
  const words = name.split(/[/-]/).map((word) => (word === 'windows' ? 'win32' : word));
  const [cpu, os] = [processors, systems].map((known) => known.filter((each) => words.includes(each)));
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : [];
  return {
    version,
    ...(cpu?.length && { cpu }),
    ...(parent.dev && { dev: true }),
    ...(libc.length && { libc }),
    ...(parent.license && { license: parent.license }),
    optional: true,
    ...(os?.length && { os }),
  };
}
