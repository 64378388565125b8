import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { basename } from 'node:path';
import { describe, test } from 'node:test';
import { busyboxImage, type ContainerImage } from './container-image.fixture.ts';
import { ContainerWorld, type WorldNetwork } from './container-world.fixture.ts';
import { callDaemon, type DaemonOfContainers, DockerDaemon, dockerSkip, loadImage } from './docker-daemon.fixture.ts';
import { PodmanService, podmanSkip } from './podman-service.fixture.ts';
import { Registry, registrySkip } from './registry.fixture.ts';

const limit = { timeout: 120_000 };
const image: ContainerImage = busyboxImage({ Cmd: ['echo', 'from the image'] });

/**
 * What a machine still has of a world: mounts, control groups, links and rules of a firewall that name its directory, its
 * containers or its bridge. Other worlds come and go beside this one, so the machine as a whole tells nothing.
 */
function tracesOf({ directory }: { readonly directory: string }, ids: readonly string[] = []): readonly string[] {
  const run = (program: string, ...words: string[]) => execFileSync(program, words, { encoding: 'utf8' }).split('\n');
  const found = [
    ...readFileSync('/proc/self/mountinfo', 'utf8').split('\n'),
    ...run('find', '/sys/fs/cgroup', '-type', 'd', '-name', '*-*'),
    ...run('ip', '-o', 'link'),
    ...run('iptables-save'),
  ];
  const own = [basename(directory), ...ids, ...ids.map((id) => `br-${id.slice(0, 12)}`)];
  return found.filter((line) => own.some((name) => line.includes(name)));
}

/** Runs a container to its end, or leaves it running; answers what it has written so far. */
async function runContainer(daemon: DaemonOfContainers, settings: object, wait = true): Promise<string> {
  const { Id } = JSON.parse(await callDaemon(daemon.socket, 'POST', '/containers/create', settings));
  await callDaemon(daemon.socket, 'POST', `/containers/${Id}/start`);
  if (wait) await callDaemon(daemon.socket, 'POST', `/containers/${Id}/wait`);
  return callDaemon(daemon.socket, 'GET', `/containers/${Id}/logs?stdout=1&stderr=1`);
}

interface Kind {
  readonly name: string;
  readonly network: WorldNetwork;
  readonly skip: { readonly skip?: string };
  open(world: ContainerWorld): Promise<DaemonOfContainers>;
}

const images = { 'bb:1': image };
const kinds: readonly Kind[] = [
  ...(['own', 'host'] as const).map((network) => ({
    ...{ name: `dockerd, network ${network}`, network, skip: dockerSkip() },
    open: (world: ContainerWorld) => DockerDaemon.open(world, images),
  })),
  ...(['crun', 'runc'] as const).map((runtime) => ({
    ...{ name: `podman with ${runtime}`, network: 'own' as const, skip: podmanSkip(runtime) },
    open: (world: ContainerWorld) => PodmanService.open(world, images, { runtime }),
  })),
];

for (const { name, network, skip, open } of kinds) {
  describe(`a world of containers with ${name}`, skip, () => {
    test('runs images, on the host’s network and in one that is made', limit, async () => {
      const world = await ContainerWorld.open(network);
      try {
        const daemon = await open(world);
        const hostNetwork = { NetworkMode: 'host' };
        assert.match(await runContainer(daemon, { Image: 'bb:1', HostConfig: hostNetwork }), /from the image/);
        await callDaemon(daemon.socket, 'POST', '/networks/create', { Name: 'made', CheckDuplicate: true });
        const ask = ['ip', '-o', 'address', 'show', 'eth0'];
        const said = await runContainer(daemon, { Image: 'bb:1', Cmd: ask, HostConfig: { NetworkMode: 'made' } });
        assert.match(said, /inet 1\d+\./);
      } finally {
        await world.close();
      }
    });

    test('leaves nothing of itself, though containers run and its daemon was killed', limit, async () => {
      const world = await ContainerWorld.open(network);
      const daemon = await open(world);
      const made = await callDaemon(daemon.socket, 'POST', '/networks/create', { Name: 'made', CheckDuplicate: true });
      const stubborn = ['sh', '-c', 'trap "" TERM; sleep 1000'];
      await runContainer(daemon, { Image: 'bb:1', Cmd: stubborn, HostConfig: { NetworkMode: 'made' } }, false);
      assert.ok(processesOf(world.directory).length > 1);
      const [container] = JSON.parse(await callDaemon(daemon.socket, 'GET', '/containers/json'));
      const ids: string[] = [container.Id, JSON.parse(made).Id];
      assert.notDeepEqual(tracesOf(world, ids), []);
      await daemon.kill();
      await world.close();
      assert.deepEqual(processesOf(world.directory), []);
      assert.ok(!existsSync(world.directory));
      assert.deepEqual(tracesOf(world, ids), []);
    });

    test('has what it had after its daemon was killed and started again', limit, async () => {
      const world = await ContainerWorld.open(network);
      try {
        const daemon = await open(world);
        await daemon.kill();
        await daemon.start();
        assert.match(await callDaemon(daemon.socket, 'GET', '/images/json'), /bb:1/);
      } finally {
        await world.close();
      }
    });
  });
}

test('a world goes when its test is killed', { ...limit, ...dockerSkip() }, async () => {
  const source = `
    const { ContainerWorld } = await import(${JSON.stringify(new URL('./container-world.fixture.ts', import.meta.url).href)});
    const { DockerDaemon } = await import(${JSON.stringify(new URL('./docker-daemon.fixture.ts', import.meta.url).href)});
    const world = await ContainerWorld.open('host');
    await DockerDaemon.open(world);
    console.log(world.directory);
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(child.stdout, 'data');
  const directory = String(said).trim();
  const guard = processesOf(directory).find(({ command }) => command.includes('world-guard'));
  assert.ok(guard);
  child.kill('SIGKILL');
  while (existsSync(`/proc/${guard.pid}`)) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(processesOf(directory), []);
  assert.ok(!existsSync(directory));
  assert.deepEqual(tracesOf({ directory }), []);
});

describe('a registry', registrySkip(), () => {
  test('has what is pushed to it', limit, async () => {
    const registry = await Registry.open();
    try {
      const digest = await registry.push('some/image:1', image);
      const accept = { accept: 'application/vnd.docker.distribution.manifest.v2+json' };
      const response = await fetch(`${registry.url}/v2/some/image/manifests/1`, { headers: accept });
      assert.equal(response.headers.get('docker-content-digest'), digest);
      assert.equal(((await response.json()) as { layers: unknown[] }).layers.length, 1);
    } finally {
      await registry.close();
    }
  });

  test('asks who comes, and proves who it is by its authority’s word', limit, async () => {
    const login = { username: 'someone', password: 'secret' };
    const registry = await Registry.open({ login, tls: true, images: { 'private:1': image } });
    try {
      const ca = readFileSync(registry.authority ?? '');
      const path = `${registry.url}/v2/private/manifests/1`;
      assert.equal(await statusOf(path, new Agent({ ca })), 401);
      assert.equal(await statusOf(path, new Agent({ ca }), 'someone:wrong'), 401);
      assert.equal(await statusOf(path, new Agent({ ca }), 'someone:secret'), 200);
      await assert.rejects(statusOf(path, new Agent()), /certificate/);
    } finally {
      await registry.close();
    }
  });
});

describe('a registry in a world', () => {
  test('is where its dockerd pulls from', { ...limit, ...mergeSkips(dockerSkip(), registrySkip()) }, async () => {
    const world = await ContainerWorld.open();
    try {
      const registry = await Registry.open({ world, images: { 'bb:2': image } });
      const daemon = await DockerDaemon.open(world);
      await pull(daemon, registry.image('bb'), '2');
    } finally {
      await world.close();
    }
  });

  test('is where its podman pulls from', { ...limit, ...mergeSkips(podmanSkip(), registrySkip()) }, async () => {
    const world = await ContainerWorld.open();
    try {
      const login = { username: 'someone', password: 'secret' };
      const registry = await Registry.open({ world, login, tls: true, images: { 'bb:2': image } });
      const service = await PodmanService.open(world, {}, { insecure: [registry.address] });
      await assert.rejects(pull(service, registry.image('bb'), '2'));
      await loadImage(service, 'bb:3', image);
    } finally {
      await world.close();
    }
  });
});

async function pull(daemon: DaemonOfContainers, name: string, tag: string): Promise<void> {
  await callDaemon(daemon.socket, 'POST', `/images/create?fromImage=${encodeURIComponent(name)}&tag=${tag}`);
  const { RepoTags } = JSON.parse(await callDaemon(daemon.socket, 'GET', `/images/${name}:${tag}/json`));
  assert.deepEqual(RepoTags, [`${name}:${tag}`]);
}

function statusOf(url: string, agent: Agent, auth?: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const accept = 'application/vnd.docker.distribution.manifest.v2+json';
    const call = request(url, { agent, headers: { accept }, ...(auth !== undefined && { auth }) }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    call.once('error', reject).end();
  });
}

function mergeSkips(...skips: readonly { readonly skip?: string }[]): { readonly skip?: string } {
  return Object.assign({}, ...skips);
}

function processesOf(directory: string): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return command.includes(directory) ? [{ pid: Number(name), command }] : [];
    } catch {
      return [];
    }
  });
}
