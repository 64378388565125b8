import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programSkip } from '../../src/core/container-world.fixture.ts';

/** Why there is no `crun run` to compare with; undefined if there is. */
export function noCrun(): string | undefined {
  if (process.getuid?.() !== 0) return 'crun mounts an overlay only as root';
  return programSkip({ crun: 'crun', unshare: 'util-linux' }).skip;
}

/** A program of a root file system, to be run by crun over an overlay that each run has for itself. */
export class CrunBundle {
  readonly #directory: string;
  readonly #root: string;
  #runs = 0;

  /** Everything that it needs is made in `directory`, which is the caller's to remove. */
  constructor(directory: string, root: string, command: readonly string[]) {
    this.#directory = directory;
    this.#root = root;
    for (const name of ['bundle', 'merged', 'state']) mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, 'bundle', 'config.json'), JSON.stringify(this.#configOf(command)));
  }

  /** Rejects unless it ends with 0. Overlay and mounts go with the namespace of the run. */
  async run(): Promise<void> {
    this.#runs += 1;
    const [upper, work] = ['upper', 'work'].map((name) => join(this.#directory, `${name}-${this.#runs}`));
    for (const directory of [upper, work]) if (directory) mkdirSync(directory);
    const options = `lowerdir=${this.#root},upperdir=${upper},workdir=${work}`;
    const words = [options, join(this.#directory, 'merged'), join(this.#directory, 'state')];
    const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', ...words, join(this.#directory, 'bundle')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`crun has ended with ${code}`);
  }

  #configOf(args: readonly string[]): object {
    const namespaces = ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type }));
    return {
      ociVersion: '1.0.0',
      process: { user: { uid: 0, gid: 0 }, args, env: ['PATH=/bin'], cwd: '/', noNewPrivileges: true },
      root: { path: join(this.#directory, 'merged') },
      mounts: [
        { destination: '/proc', type: 'proc', source: 'proc' },
        { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      ],
      linux: { namespaces },
    };
  }
}

/** crun refuses a machine that has control groups of both versions, even where it is to make none. */
const script = `umount /sys/fs/cgroup/unified 2>/dev/null
mount -t overlay overlay -o "$1" "$2" && exec crun --root "$3" --cgroup-manager=disabled run --bundle "$4" bench-$$`;
