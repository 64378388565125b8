import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ContainerImage } from './container-image.fixture.ts';
import { dockerArchive } from './container-image.fixture.ts';
import { type ContainerWorld, type NeededPrograms, worldSkip, written } from './container-world.fixture.ts';

const programs: NeededPrograms = { dockerd: 'docker.io', containerd: 'containerd', runc: 'runc', iptables: 'iptables' };

/** For `test`: why there can be no daemon here. */
export const dockerSkip = (): { readonly skip?: string } => worldSkip({ ...programs, busybox: 'busybox-static' });

/** What all daemons with Docker's API have for tests. */
export interface DaemonOfContainers {
  /** The path of the socket of its API, for root alone. */
  readonly socket: string;
  /** Of the daemon itself. */
  readonly pid: number;
  /** Kills it and what keeps its containers' shims going, and waits for its end; containers that run go on. */
  kill(): Promise<void>;
  /** Starts it again, with what it has on disk. */
  start(): Promise<void>;
}

/**
 * A dockerd of the world's own, with its containerd. In the machine's network it makes no bridge and no rule of a firewall by
 * itself: containers have the host's network, none, or one that is made for them.
 */
export class DockerDaemon implements DaemonOfContainers {
  readonly socket: string;
  readonly #world: ContainerWorld;
  readonly #flags: readonly string[];
  #child: ChildProcess | undefined;

  private constructor(world: ContainerWorld, flags: readonly string[]) {
    this.#world = world;
    this.#flags = flags;
    this.socket = join(world.directory, 'docker/docker.sock');
  }

  /** Answers once it does; with images, which it then has. `flags` are further words of its command line: `--live-restore`. */
  static async open(
    world: ContainerWorld,
    images: Readonly<Record<string, ContainerImage>> = {},
    flags: readonly string[] = [],
  ): Promise<DockerDaemon> {
    const daemon = new DockerDaemon(world, flags);
    const directory = join(world.directory, 'docker');
    mkdirSync(directory);
    // Not the machine's own.
    writeFileSync(join(directory, 'daemon.json'), '{}');
    await daemon.start();
    for (const [name, image] of Object.entries(images)) await loadImage(daemon, name, image);
    return daemon;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('dockerd is not started');
    return this.#child.pid;
  }

  async start(): Promise<void> {
    const directory = join(this.#world.directory, 'docker');
    const hosts = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'];
    this.#child = this.#world.spawn([
      'dockerd',
      ...['--host', `unix://${this.socket}`, '--config-file', join(directory, 'daemon.json')],
      ...['--data-root', directory, '--exec-root', join(directory, 'exec'), '--pidfile', join(directory, 'pid')],
      ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--cgroup-parent', `/${basename(this.#world.directory)}`],
      ...(this.#world.network === 'host' ? hosts : []),
      ...this.#flags,
    ]);
    await written(this.#child, /API listen on/);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const file = join(this.#world.directory, 'docker/exec/containerd/containerd.pid');
    const containerd = Number(readFileSync(file, 'utf8'));
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await killAndWait(containerd);
    // A number that nobody has taken back yet would be one that runs to the next dockerd, which would wait for it.
    rmSync(file);
  }
}

/** It may end by itself at any moment. */
async function killAndWait(pid: number): Promise<void> {
  const isAlive = () => {
    const stat = unlessGone(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
    return stat !== undefined && !/\) [ZX] /.test(stat);
  };
  if (isAlive()) unlessGone(() => process.kill(pid, 'SIGKILL'));
  while (isAlive()) await pause(10);
}

/** Undefined where there is no such process any more: read while it goes, its files say ESRCH. */
function unlessGone<Answer>(ask: () => Answer): Answer | undefined {
  try {
    return ask();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Gives a daemon an image, under that name and tag, without any registry. */
export async function loadImage({ socket }: DaemonOfContainers, name: string, image: ContainerImage): Promise<void> {
  const answer = await callDaemon(socket, 'POST', '/images/load', dockerArchive(image, name));
  if (!answer.includes(name)) throw new Error(`image ${name} was not loaded: ${answer}`);
}

/** Calls the API of a daemon, without a version; answers the body as text. Rejects with the daemon's words. @internal */
export async function callDaemon(socket: string, method: string, path: string, body?: object): Promise<string> {
  const isTar = Buffer.isBuffer(body);
  const call = request({
    ...{ socketPath: socket, method, path: `/v1.40${path}` },
    headers: body === undefined ? {} : { 'content-type': isTar ? 'application/x-tar' : 'application/json' },
  });
  call.end(isTar ? body : body && JSON.stringify(body));
  const [response] = await once(call, 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  if (response.statusCode >= 400) throw new Error(`${method} ${path}: ${response.statusCode} ${text}`);
  return text;
}
