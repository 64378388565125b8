import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type TarEntry, tarOf } from '../../core/tar.ts';
import type { Digest } from '../contract.ts';
import { digestOf } from '../digest.ts';

/** What a test makes of a request before the registry sees it. True: it has been answered. */
export type Intercept = (request: IncomingMessage, answer: ServerResponse) => boolean | Promise<boolean>;

export interface StubLayer {
  readonly mediaType: string;
  readonly content: Buffer;
  readonly diffId: Digest;
}

export interface StubImage {
  readonly digest: Digest;
  readonly configDigest: Digest;
  readonly manifest: Buffer;
  readonly layers: readonly { readonly digest: Digest; readonly size: number; readonly mediaType: string }[];
}

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar';

/** A layer of files by their paths, packed by gzip unless `pack` does something else. */
export function stubLayer(
  files: Readonly<Record<string, string | Buffer>>,
  { packing = 'gzip', pack = gzipSync }: { packing?: string; pack?: (tar: Buffer) => Buffer } = {},
): StubLayer {
  const tar = tarOf(Object.entries(files).map(([path, content]): TarEntry => ({ path, content })));
  return {
    mediaType: packing === '' ? layerType : `${layerType}+${packing}`,
    content: pack(tar),
    diffId: digestOf(tar),
  };
}

/** A registry on this machine's loopback that does whatever a test wants, and keeps what it was asked. */
export class StubRegistry {
  readonly requests: {
    readonly path: string;
    readonly authorization?: string | undefined;
    readonly range?: string | undefined;
  }[] = [];
  readonly blobs = new Map<string, Buffer>();
  /** By `repository:tag` and `repository@digest`. */
  readonly manifests = new Map<string, Buffer>();
  readonly intercepts: Intercept[] = [];
  /** `127.0.0.1:PORT` */
  domain = '';
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Is gone after the test. */
  static async open(t: TestContext): Promise<StubRegistry> {
    const server = createServer((request, answer) => void stub.#answer(request, answer));
    const stub = new StubRegistry(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stub.domain = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    t.after(() => stub.close());
    return stub;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** How often something whose path has that end was asked for. */
  asked(end: string | RegExp): number {
    return this.requests.filter(({ path }) => (typeof end === 'string' ? path.endsWith(end) : end.test(path))).length;
  }

  putBlob(content: Buffer): { readonly digest: Digest; readonly size: number } {
    const digest = digestOf(content);
    this.blobs.set(digest, content);
    return { digest, size: content.length };
  }

  putManifest(
    repository: string,
    tag: string,
    manifest: object,
  ): { readonly content: Buffer; readonly digest: Digest } {
    const content = Buffer.from(JSON.stringify(manifest));
    const digest = digestOf(content);
    this.manifests.set(`${repository}:${tag}`, content);
    this.manifests.set(`${repository}@${digest}`, content);
    return { content, digest };
  }

  putImage(repository: string, tag: string, layers: readonly StubLayer[], config: object = {}): StubImage {
    const configuration = {
      ...{ architecture: process.arch === 'x64' ? 'amd64' : process.arch, os: 'linux' },
      config,
      rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    };
    const configBlob = this.putBlob(Buffer.from(JSON.stringify(configuration)));
    const described = layers.map(({ mediaType, content }) => ({ mediaType, ...this.putBlob(content) }));
    const { content, digest } = this.putManifest(repository, tag, {
      ...{ schemaVersion: 2, mediaType: manifestType },
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...configBlob },
      layers: described,
    });
    return { digest, configDigest: configBlob.digest, manifest: content, layers: described };
  }

  async #answer(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { authorization, range } = request.headers;
    this.requests.push({ path: request.url ?? '', authorization, range });
    for (const intercept of this.intercepts) if (await intercept(request, answer)) return;
    const [, repository = '', kind, version = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(request.url ?? '') ?? [];
    if (kind === 'manifests') {
      const separator = version.startsWith('sha256:') ? '@' : ':';
      send(answer, this.manifests.get(`${repository}${separator}${version}`), undefined, 'MANIFEST_UNKNOWN');
    } else send(answer, this.blobs.get(version), request.headers.range, 'BLOB_UNKNOWN');
  }
}

/** As registries answer an error. */
export function refuse(answer: ServerResponse, status: number, code: string, message = code.toLowerCase()): true {
  answer.writeHead(status, { 'content-type': 'application/json' });
  answer.end(JSON.stringify({ errors: [{ code, message }] }));
  return true;
}

function send(answer: ServerResponse, content: Buffer | undefined, range: string | undefined, unknown: string): void {
  if (!content) {
    refuse(answer, 404, unknown, unknown.toLowerCase().replace('_', ' '));
    return;
  }
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const headers = { 'content-length': content.length - from, 'content-type': 'application/octet-stream' };
  if (from === 0) answer.writeHead(200, headers);
  else answer.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` });
  answer.end(content.subarray(from));
}
