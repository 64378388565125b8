import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '../../../core/clock.ts';
import { directoryStore } from './directory-store.ts';
import { s3Store } from './s3-store.ts';

const file = { bucket: 'the-bucket', object: "a/b c/d'e.json.gz", content: Buffer.from('content'), signature: 'ab12' };
const { signal } = new AbortController();

test('a file of a trail is a file below its bucket, which nobody else may read, and its signature lies beside it', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'trails-'));
  t.after(() => rmSync(root, { recursive: true }));
  const store = directoryStore(root);
  await store.put({ ...file, content: Buffer.from('before') }, signal);
  await store.put(file, signal);
  const path = join(root, file.bucket, file.object);
  assert.equal(readFileSync(path, 'utf8'), 'content');
  assert.equal(readFileSync(`${path}.sig`, 'utf8'), 'ab12');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

async function serve(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const clock = new ManualClock();
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
  return { clock, store: s3Store({ endpoint, region: 'eu-west-1', credentials, clock }) };
}

test('a file is put to an S3 server with a signed request, the bucket in its path and the signature of a digest in its metadata', async (t) => {
  const seen: unknown[] = [];
  const { store } = await serve(t, async (request, response) => {
    const { method, url, headers } = request;
    seen.push([method, url, headers['x-amz-meta-signature'], headers['x-amz-meta-signature-algorithm']]);
    seen.push((await buffer(request)).toString());
    assert.match(headers.authorization ?? '', /Credential=AKID\/\d{8}\/eu-west-1\/s3\/aws4_request/);
    response.end();
  });
  await store.put(file, signal);
  assert.deepEqual(seen, [['PUT', '/the-bucket/a/b%20c/d%27e.json.gz', 'ab12', 'SHA256withRSA'], 'content']);
});

test('what an S3 server answers else is an error with its words, cut short', async (t) => {
  const { store } = await serve(t, (_request, response) => {
    response.writeHead(404).end(`NoSuchBucket${'x'.repeat(100_000)}`);
  });
  await assert.rejects(store.put(file, signal), (error: Error) => {
    assert.match(error.message, /answered 404 to the-bucket: NoSuchBucket/);
    return error.message.length < 1000;
  });
});

test('a server that never answers is given up after half a minute', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const { store, clock } = await serve(t, () => arrived.resolve());
  const put = store.put(file, signal);
  await arrived.promise;
  clock.advance(30_000);
  await assert.rejects(put, /does not answer/);
  assert.equal(clock.pending, 0);
});

test('one that begins to answer and never ends is given up too', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const { store, clock } = await serve(t, (_request, response) => {
    response.writeHead(200).write('x');
    arrived.resolve();
  });
  const put = store.put(file, signal);
  await arrived.promise;
  clock.advance(30_000);
  await assert.rejects(put, /does not answer/);
});
