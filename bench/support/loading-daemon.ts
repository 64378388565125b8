import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ContainerWorld } from '../../src/core/container-world.fixture.ts';
import { callDaemon, DockerDaemon, dockerSkip } from '../../src/core/docker-daemon.fixture.ts';
import { PodmanService, podmanSkip } from '../../src/core/podman-service.fixture.ts';
import { tarOf } from '../../src/core/tar.ts';
import type { LayerFile } from '../../src/images/unpack/index.ts';

const products = { docker: DockerDaemon, podman: PodmanService } as const;
const skips = { docker: dockerSkip, podman: podmanSkip } as const;
const image = 'bench/layer:1';

/** A daemon of containers that loads one image again and again. */
export interface LoadingDaemon {
  readonly name: keyof typeof products;
  /** Milliseconds until it has it, on the disk. It is removed then. */
  readonly load: (archive: Buffer) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** The daemons that can be had here, and why others cannot. */
export async function openLoadingDaemons(): Promise<{ readonly daemons: LoadingDaemon[]; readonly remarks: string[] }> {
  const daemons: LoadingDaemon[] = [];
  const remarks: string[] = [];
  for (const name of ['docker', 'podman'] as const) {
    const { skip } = skips[name]();
    if (skip === undefined) daemons.push(await openOne(name));
    else remarks.push(`${name}: skipped, ${skip}`);
  }
  return { daemons, remarks };
}

async function openOne(name: keyof typeof products): Promise<LoadingDaemon> {
  const world = await ContainerWorld.open();
  const { socket } = await products[name].open(world);
  const load = async (archive: Buffer) => {
    const startedAt = performance.now();
    const said = await callDaemon(socket, 'POST', '/images/load', archive);
    execFileSync('sync', ['-f', world.directory]);
    const took = performance.now() - startedAt;
    if (!said.includes(image)) throw new Error(`${name} has not loaded the image: ${said}`);
    await callDaemon(socket, 'DELETE', `/images/${image}?force=1`);
    return took;
  };
  return { name, load, close: () => world.close() };
}

/** The archive of an image of one layer, packed as it is, that a daemon loads. */
export function archiveOf({ path, diffId }: LayerFile): Buffer {
  const config = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    created: '2020-01-01T00:00:00Z',
    config: {},
    rootfs: { type: 'layers', diff_ids: [diffId] },
  };
  return tarOf([
    {
      path: 'manifest.json',
      content: JSON.stringify([{ Config: 'config.json', RepoTags: [image], Layers: ['layer.tar'] }]),
    },
    { path: 'config.json', content: JSON.stringify(config) },
    { path: 'layer.tar', content: readFileSync(path) },
  ]);
}
