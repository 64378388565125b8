import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SystemClock } from '../../src/core/clock.ts';
import { type Failpoint, failpoints } from '../../src/core/failpoint.ts';
import { SystemRandom } from '../../src/core/random.ts';
import { type ImageStore, openImageStore } from '../../src/images/index.ts';
import { StubRegistry, stubLayer } from '../../src/images/registry/stub-registry.fixture.ts';

const program = join(import.meta.dirname, '../../src/images/store/pull-once.fixture.ts');
const content = randomBytes(400_000);

/** How many passes go by before the process dies: in the midst of things, where there is one. */
const passes: Partial<Record<Failpoint, number>> = { 'images.part-written': 4, 'images.blob-verified': 1 };

for (const name of failpoints.filter((each) => each.startsWith('images.')))
  test(`a server that is killed at ${name} leaves no half image: the next one has it whole, or pulls it`, async (t) => {
    const stub = await StubRegistry.open(t);
    const lower = stubLayer({ 'etc/name': 'lower', large: content });
    const put = stub.putImage('a/b', '1', [lower, stubLayer({ 'etc/name': 'upper' })]);
    const image = `${stub.domain}/a/b:1`;
    const directory = join(temporary(t), 'images');
    const child = spawn(process.execPath, [program, directory, image, `${name}:${passes[name] ?? 0}`], {
      stdio: 'inherit',
    });
    const [, signal] = await once(child, 'exit');
    assert.equal(signal, 'SIGKILL');
    const { store, warnings } = await open(t, directory);
    expectWholeBlobs(directory);
    const pulled = store.find(image) ?? (await store.pull({ image }));
    assert.equal(pulled.configDigest, put.configDigest);
    assert.equal(readFileSync(join(pulled.root, 'etc/name'), 'utf8'), 'upper');
    assert.deepEqual(readFileSync(join(pulled.root, 'large')), content);
    assert.deepEqual(store.list(), [pulled]);
    expectWholeBlobs(directory);
    await store.close();
    assert.deepEqual([readdirSync(join(directory, 'tmp')), warnings], [[], []]);
  });

/** What has a digest for its name has that digest. */
function expectWholeBlobs(directory: string): void {
  const blobs = join(directory, 'blobs');
  for (const name of readdirSync(blobs).filter((each) => !each.endsWith('.partial')))
    assert.equal(
      createHash('sha256')
        .update(readFileSync(join(blobs, name)))
        .digest('hex'),
      name,
    );
}

async function open(t: TestContext, directory: string): Promise<{ store: ImageStore; warnings: string[] }> {
  const warnings: string[] = [];
  const store = await openImageStore({
    ...{ directory, clock: new SystemClock(), random: new SystemRandom(), reserveBytes: 0 },
    warn: (words) => warnings.push(words),
  });
  t.after(() => store.close());
  return { store, warnings };
}

function temporary(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'pull-kill-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
