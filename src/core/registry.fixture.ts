import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ContainerImage, digestOf } from './container-image.fixture.ts';
import { type ContainerWorld, programSkip, written } from './container-world.fixture.ts';

/** For `test`: why there can be no registry here. */
export const registrySkip = (): { readonly skip?: string } =>
  programSkip({
    ...{ 'docker-registry': 'docker-registry', busybox: 'busybox-static' },
    ...{ htpasswd: 'apache2-utils', openssl: 'openssl' },
  });

/** How a registry is reached. */
export interface RegistryOptions {
  /** Who may come; everybody else is refused. @default all may, without a name */
  readonly login?: { readonly username: string; readonly password: string };
  /** By https alone, with a certificate that an authority of the registry's own has signed. @default http alone */
  readonly tls?: boolean;
  /** Where it listens: a world whose network it is in, for the daemons there. @default the network of this process */
  readonly world?: ContainerWorld;
  /** What it has, by name and tag: `library/busybox:1`. Nothing else comes into one with a login, with TLS or in a world. */
  readonly images?: Readonly<Record<string, ContainerImage>>;
}

/** A descriptor as manifests have it. */
interface Descriptor {
  readonly mediaType: string;
  readonly size: number;
  readonly digest: string;
}

/** Debian's docker-registry on 127.0.0.1, with storage of its own, which goes with it. */
export class Registry {
  /** HOST:PORT, as names of images begin with it. */
  readonly address: string;
  readonly url: string;
  /** PEM file of the authority that has signed its certificate. */
  readonly authority: string | undefined;
  readonly #directory: string;
  readonly #child: ChildProcess;

  private constructor(directory: string, address: string, tls: boolean, child: ChildProcess) {
    this.address = address;
    this.url = `${tls ? 'https' : 'http'}://${address}`;
    this.authority = tls ? join(directory, 'authority.pem') : undefined;
    this.#directory = directory;
    this.#child = child;
  }

  static async open(options: RegistryOptions = {}): Promise<Registry> {
    const directory = mkdtempSync(join(options.world?.directory ?? tmpdir(), 'registry-'));
    mkdirSync(join(directory, 'storage'));
    const { images = {} } = options;
    if (Object.keys(images).length > 0) await fill(directory, images);
    return serve(directory, options);
  }

  /** The whole name of an image that it has. */
  image(name: string): string {
    return `${this.address}/${name}`;
  }

  /** Adds an image to one that is open to all; answers the digest of its manifest. */
  async push(name: string, image: ContainerImage): Promise<string> {
    const [repository = '', tag = 'latest'] = name.split(':');
    const layers: Descriptor[] = [];
    for (const layer of image.layers) {
      layers.push(await this.putBlob(repository, gzipSync(layer), 'application/vnd.docker.image.rootfs.diff.tar.gzip'));
    }
    const config = await this.putBlob(repository, image.config, 'application/vnd.docker.container.image.v1+json');
    const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
    return this.putManifest(repository, tag, { schemaVersion: 2, mediaType, config, layers });
  }

  /** Adds bytes to a repository, for manifests of a test's own. */
  async putBlob(repository: string, bytes: Buffer, mediaType: string): Promise<Descriptor> {
    const digest = digestOf(bytes);
    const begun = await this.#send('POST', `/v2/${repository}/blobs/uploads/`);
    const place = new URL(begun.headers.get('location') ?? '', this.url);
    place.searchParams.set('digest', digest);
    await this.#send('PUT', place.pathname + place.search, bytes, 'application/octet-stream');
    return { mediaType, size: bytes.length, digest };
  }

  /** Adds a manifest or an index, of the `mediaType` that it says; answers its digest. */
  async putManifest(
    repository: string,
    tag: string,
    manifest: Readonly<Record<string, unknown>> & { readonly mediaType: string },
  ): Promise<string> {
    const bytes = Buffer.from(JSON.stringify(manifest));
    await this.#send('PUT', `/v2/${repository}/manifests/${tag}`, bytes, manifest.mediaType);
    return digestOf(bytes);
  }

  /** Ends it, and keeps what it has. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** @internal */
  static async served(directory: string, options: RegistryOptions, child: ChildProcess): Promise<Registry> {
    const address = await written(child, /listening on (127\.0\.0\.1:\d+)/);
    return new Registry(directory, address, options.tls ?? false, child);
  }

  async #send(method: string, path: string, body?: Buffer, contentType?: string): Promise<Response> {
    const response = await fetch(new URL(path, this.url), {
      method,
      ...(body && { body: new Uint8Array(body) }),
      ...(contentType !== undefined && { headers: { 'content-type': contentType } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
    return response;
  }
}

/** By a registry that is open to all, here and as long as it takes. */
async function fill(directory: string, images: Readonly<Record<string, ContainerImage>>): Promise<void> {
  const open = await serve(directory, {});
  for (const [name, image] of Object.entries(images)) await open.push(name, image);
  await open.stop();
}

function serve(directory: string, options: RegistryOptions): Promise<Registry> {
  const { login, tls = false, world } = options;
  const settings = {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(directory, 'storage') }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0', secret: 'a test', ...(tls && { tls: certify(directory) }) },
    ...(login && { auth: { htpasswd: { realm: 'a test', path: passwords(directory, login) } } }),
  };
  // YAML takes JSON.
  const file = join(directory, 'registry.yml');
  writeFileSync(file, JSON.stringify(settings));
  const words = ['docker-registry', 'serve', file];
  const environment = { PATH: process.env.PATH };
  const child = world
    ? world.spawn(words)
    : spawn(words[0] ?? '', words.slice(1), { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  return Registry.served(directory, options, child);
}

/** The registry takes bcrypt alone. */
function passwords(directory: string, { username, password }: NonNullable<RegistryOptions['login']>): string {
  const file = join(directory, 'htpasswd');
  writeFileSync(file, execFileSync('htpasswd', ['-nbB', '-C', '4', username, password], { stdio: 'pipe' }));
  return file;
}

/** An authority, and a certificate of 127.0.0.1 and localhost that it has signed. */
function certify(directory: string): { readonly certificate: string; readonly key: string } {
  const at = (name: string) => join(directory, name);
  const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const [ca, caKey] = [at('authority.pem'), at('authority.key')];
  openssl('req', '-x509', ...newKey, '-days', '36500', '-subj', '/CN=authority', '-keyout', caKey, '-out', ca);
  openssl('req', ...newKey, '-subj', '/CN=registry', '-keyout', at('registry.key'), '-out', at('registry.csr'));
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n');
  const signing = ['-CA', ca, '-CAkey', caKey, '-set_serial', '1', '-days', '36500', '-extfile', at('names')];
  openssl('x509', '-req', '-in', at('registry.csr'), ...signing, '-out', at('registry.pem'));
  return { certificate: at('registry.pem'), key: at('registry.key') };
}
