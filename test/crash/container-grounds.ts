import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { busyboxImage } from '../../src/core/container-image.fixture.ts';
import { ContainerWorld } from '../../src/core/container-world.fixture.ts';
import { callDaemon, type DaemonOfContainers, DockerDaemon, dockerSkip } from '../../src/core/docker-daemon.fixture.ts';
import { PodmanService, podmanSkip } from '../../src/core/podman-service.fixture.ts';
import { Registry, registrySkip } from '../../src/core/registry.fixture.ts';
import { processesInGroup, processesWith } from '../support/processes.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { daemonInWords } from './daemon-view.ts';
import type { Ground } from './ground.ts';
import { expectNoProcessesLeft, launchersInWords } from './stage.ts';

/** What runs jobs in images beside the server, and can be killed under it. */
export interface ContainerGround extends Ground {
  /** It is dead then: a daemon, or the runners of the server's data. */
  kill(server: ServerProcess): Promise<void>;
  /** It is there again, if it does not come by itself. */
  restart(): Promise<void>;
}

export interface GroundKind {
  readonly name: string;
  readonly skip?: string;
  open(t: TestContext): Promise<ContainerGround>;
}

const liveRestore = '--live-restore';

/** Of the same busybox, each with a layer of its own: a server meets kills while it pulls. */
const imageNames = Array.from({ length: 8 }, (_, index) => `tool-${index}:1`);

/** Each has a file of tests of its own, so that a failure says which it was, and two run at a time. */
export const grounds = {
  docker: { name: 'docker', ...dockerSkip(), ...registrySkip(), open: (t) => onDocker(t, []) },
  liveRestore: {
    ...{ name: 'docker with live-restore', ...dockerSkip(), ...registrySkip() },
    open: (t) => onDocker(t, [liveRestore]),
  },
  podman: { name: 'podman', ...podmanSkip(), ...registrySkip(), open: onPodman },
  images: { name: 'the process engine in images', ...registrySkip(), open: onProcesses },
} satisfies Readonly<Record<string, GroundKind>>;

async function openRegistry(t: TestContext): Promise<{ readonly images: readonly string[]; readonly address: string }> {
  const contents = imageNames.map((name) => [name, busyboxImage({}, [{ path: 'name', content: name }])] as const);
  const registry = await Registry.open({ images: Object.fromEntries(contents) });
  t.after(() => registry.close());
  return { images: imageNames.map((name) => registry.image(name)), address: registry.address };
}

async function onProcesses(t: TestContext): Promise<ContainerGround> {
  const { images } = await openRegistry(t);
  return {
    flags: ['--images-pull', 'missing', '--process-unmapped', 'refuse'],
    images,
    ...{ keepsOutput: true, keepsJobs: false },
    kill: async (server) => void (await server.killRunners()),
    restart: async () => {}, // the server starts another
    inWords: launchersInWords,
    expectNothingLeft: expectNoProcessesLeft,
  };
}

async function onDocker(t: TestContext, flags: readonly string[]): Promise<ContainerGround> {
  const { images } = await openRegistry(t);
  const world = await ContainerWorld.open('host');
  t.after(() => world.close());
  // What dockerd has read of a container's output and not written down goes with it.
  return onDaemon(world, await DockerDaemon.open(world, {}, flags), {
    ...{ images, keepsOutput: false, keepsJobs: flags.includes(liveRestore) },
  });
}

async function onPodman(t: TestContext): Promise<ContainerGround> {
  const { images, address } = await openRegistry(t);
  const world = await ContainerWorld.open('host');
  t.after(() => world.close());
  const daemon = await PodmanService.open(world, {}, { insecure: [address] });
  return onDaemon(world, daemon, { images, keepsOutput: true, keepsJobs: true });
}

function onDaemon(
  world: ContainerWorld,
  daemon: DaemonOfContainers,
  more: Pick<Ground, 'images' | 'keepsOutput' | 'keepsJobs'>,
): ContainerGround {
  return {
    flags: ['--engine', 'docker', '--docker-socket', daemon.socket],
    ...more,
    kill: () => daemon.kill(),
    restart: () => daemon.start(),
    inWords: (server) => daemonInWords(server, daemon),
    expectNothingLeft: (server) => expectNoContainersLeft(server, world, daemon),
  };
}

/** Nor records, volumes, networks, mounts, or processes that a daemon may have forgotten. */
async function expectNoContainersLeft(
  server: ServerProcess,
  world: ContainerWorld,
  daemon: DaemonOfContainers,
): Promise<void> {
  const ask = async (path: string) => JSON.parse(await callDaemon(daemon.socket, 'GET', path));
  let left = '';
  await until(
    () => `nothing of the jobs to be left: ${left}`,
    async () => {
      const [containers, volumes, networks] = [
        await ask('/containers/json?all=1'),
        (await ask('/volumes')).Volumes ?? [],
        (await ask('/networks')).filter(({ Labels }: { Labels?: object }) => 'batchyard.gang' in (Labels ?? {})),
      ];
      const tasks = readdirSync(join(server.dataDirectory, 'docker/tasks'));
      const processes = processesOf(world);
      left = JSON.stringify({ containers, volumes, networks, tasks, processes, mounts: mountsIn(world) });
      return left === '{"containers":[],"volumes":[],"networks":[],"tasks":[],"processes":[],"mounts":[]}';
    },
    { interval: 100 },
  );
}

/**
 * What runs in containers, whether their daemon knows of them or not. The shim of one that it has forgotten stays without them: that
 * is containerd's to take away. Podman's conmon ends with its container.
 */
function processesOf(world: ContainerWorld) {
  const shims = processesWith(`${world.directory}/`).filter(({ command }) => /shim|conmon/.test(command));
  const ids = shims.flatMap(({ command }) => / -(?:id|c) ([0-9a-f]{64}) /.exec(command)?.[1] ?? []);
  return ids.flatMap(processesInGroup);
}

/**
 * File systems of containers: layers laid over each other, and memory. A dockerd that is killed while it makes a container leaves the
 * first layer of it mounted (`-init`): no container has it, and no call takes it away.
 */
function mountsIn(world: ContainerWorld): readonly string[] {
  const [file = '', ...words] = [...world.enter, 'cat', '/proc/self/mountinfo'];
  const places = execFileSync(file, words, { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
  return places.filter(
    (place) => place.startsWith(`${world.directory}/`) && /(?<!-init\/)merged|\/shm$|mounts/.test(place),
  );
}
