import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type TarEntry, tarOf } from './tar.ts';

/** What an image says of the containers that are made of it, as Docker and OCI write it. */
export interface ImageSettings {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
}

/** An image as it is before it is anywhere: its configuration, and its layers as tar archives, lowest first. */
export interface ContainerImage {
  readonly config: Buffer;
  readonly layers: readonly Buffer[];
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** `sha256:` and the digest in hexadecimal. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** An image of the machine's static busybox with all its programs in /bin, and whatever more `files` say, in a layer above. */
export function busyboxImage(settings: ImageSettings = {}, files: readonly TarEntry[] = []): ContainerImage {
  const layers = [busyboxLayer(), ...(files.length > 0 ? [tarOf(files)] : [])];
  const config = {
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    created: '2020-01-01T00:00:00Z',
    config: { Env: ['PATH=/bin'], Cmd: ['/bin/sh'], ...settings },
    rootfs: { type: 'layers', diff_ids: layers.map(digestOf) },
    history: layers.map(() => ({ created: '2020-01-01T00:00:00Z', created_by: 'a test' })),
  };
  return { config: Buffer.from(JSON.stringify(config)), layers };
}

/** The archive that `docker load` and `podman load` take, as `docker save` writes it. */
export function dockerArchive({ config, layers }: ContainerImage, ...names: readonly string[]): Buffer {
  const configName = `${digestOf(config).slice(7)}.json`;
  const layerNames = layers.map((layer) => `${digestOf(layer).slice(7)}/layer.tar`);
  const manifest = [{ Config: configName, RepoTags: names, Layers: layerNames }];
  return tarOf([
    { path: 'manifest.json', content: JSON.stringify(manifest) },
    { path: configName, content: config },
    ...layers.map((content, index) => ({ path: layerNames[index] ?? '', content })),
  ]);
}

let cached: Buffer | undefined;

function busyboxLayer(): Buffer {
  cached ??= makeBusyboxLayer();
  return cached;
}

function makeBusyboxLayer(): Buffer {
  const applets = execFileSync('busybox', ['--list'], { encoding: 'utf8' }).split('\n').filter(Boolean);
  const program = execFileSync('/bin/sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
  return tarOf([
    ...['bin', 'etc', 'root'].map((path) => ({ path, mode: 0o755, directory: true }) as const),
    { path: 'tmp', mode: 0o1777, directory: true },
    { path: 'bin/busybox', mode: 0o755, content: readFileSync(program) },
    ...applets.filter((name) => name !== 'busybox').map((name) => ({ path: `bin/${name}`, link: 'busybox' })),
    { path: 'etc/passwd', content: 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/tmp:/bin/sh\n' },
    { path: 'etc/group', content: 'root:x:0:\napp:x:1000:\n' },
  ]);
}
