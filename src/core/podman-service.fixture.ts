import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerImage } from './container-image.fixture.ts';
import { type ContainerWorld, type NeededPrograms, worldSkip, written } from './container-world.fixture.ts';
import { type DaemonOfContainers, loadImage } from './docker-daemon.fixture.ts';

export type PodmanRuntime = 'crun' | 'runc';

const programs: NeededPrograms = { podman: 'podman', conmon: 'conmon', iptables: 'iptables' };

/** For `test`: why there can be no service with that runtime here. */
export const podmanSkip = (runtime: PodmanRuntime = 'crun'): { readonly skip?: string } =>
  worldSkip({ ...programs, [runtime]: runtime, busybox: 'busybox-static' });

/** Podman's service with Docker's API, with storage, state and networks of the world's own. */
export class PodmanService implements DaemonOfContainers {
  readonly socket: string;
  readonly #world: ContainerWorld;
  readonly #runtime: PodmanRuntime;
  #child: ChildProcess | undefined;

  private constructor(world: ContainerWorld, runtime: PodmanRuntime) {
    this.#world = world;
    this.#runtime = runtime;
    this.socket = join(world.directory, 'podman/podman.sock');
  }

  /** Answers once it does. `insecure` are registries, HOST:PORT, that it talks to without TLS, or without asking whose it is. */
  static async open(
    world: ContainerWorld,
    images: Readonly<Record<string, ContainerImage>> = {},
    {
      runtime = 'crun',
      insecure = [],
    }: { readonly runtime?: PodmanRuntime; readonly insecure?: readonly string[] } = {},
  ): Promise<PodmanService> {
    const service = new PodmanService(world, runtime);
    const directory = join(world.directory, 'podman');
    mkdirSync(directory);
    writeFileSync(join(directory, 'containers.conf'), configuration(directory));
    const registries = insecure.map((host) => `[[registry]]\nlocation = "${host}"\ninsecure = true\n`);
    writeFileSync(join(directory, 'registries.conf'), registries.join('\n'));
    await service.start();
    for (const [name, image] of Object.entries(images)) await loadImage(service, name, image);
    return service;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('podman is not started');
    return this.#child.pid;
  }

  async start(): Promise<void> {
    const directory = join(this.#world.directory, 'podman');
    const words = [
      ...['podman', '--root', join(directory, 'root'), '--runroot', join(directory, 'run')],
      ...['--tmpdir', join(directory, 'tmp'), '--runtime', this.#runtime, '--log-level', 'info'],
      ...['system', 'service', '--time=0', `unix://${this.socket}`],
    ];
    // crun refuses a machine that has control groups of both versions; where there is one version nothing changes.
    const one = 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"';
    const apart = this.#runtime === 'crun' && existsSync('/sys/fs/cgroup/unified');
    this.#child = this.#world.spawn(apart ? ['sh', '-c', one, 'podman', ...words] : words, {
      CONTAINERS_CONF: join(directory, 'containers.conf'),
      CONTAINERS_REGISTRIES_CONF: join(directory, 'registries.conf'),
      HOME: directory,
    });
    await written(this.#child, /API service listening on/);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}

/**
 * Its default limits are more than a process here may have, and the API of 4.3 wants both of a limit alike. Its locks are files of its
 * own: of those in shared memory, which all that a user runs has in common, one that is killed keeps its own for ever.
 */
function configuration(directory: string): string {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const hard = (name: RegExp, most: number) => Math.min(most, Number(name.exec(limits)?.[1] ?? most) || most);
  const files = hard(/^Max open files +\S+ +(\d+)/m, 20_000);
  const processes = hard(/^Max processes +\S+ +(\d+)/m, 4096);
  return `[containers]
default_ulimits = ["nofile=${files}:${files}", "nproc=${processes}:${processes}"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
[network]
network_config_dir = "${join(directory, 'networks')}"
`;
}
