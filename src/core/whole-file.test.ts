import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs, {
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { createFile, replaceFile, replaceFileAside } from './whole-file.ts';

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'whole-file-'));
  path = join(directory, 'file');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What the system was asked for while `work` ran, that matters after a power failure. */
function stepsOf(work: () => void): readonly string[] {
  const steps: string[] = [];
  const { fsyncSync, renameSync, linkSync } = fs;
  mock.method(fs, 'fsyncSync', (descriptor: number) => {
    steps.push(fstatSync(descriptor).isDirectory() ? 'sync directory' : 'sync file');
    fsyncSync(descriptor);
  });
  mock.method(fs, 'renameSync', (from: string, to: string) => {
    steps.push('rename');
    renameSync(from, to);
  });
  mock.method(fs, 'linkSync', (from: string, to: string) => {
    steps.push('link');
    linkSync(from, to);
  });
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    mock.restoreAll();
    syncBuiltinESMExports();
  }
  return steps;
}

test('a file is on the medium before it has its name, and its name before the call is over', () => {
  assert.deepEqual(
    stepsOf(() => replaceFile(path, 'content')),
    ['sync file', 'rename', 'sync directory'],
  );
  assert.equal(readFileSync(path, 'utf8'), 'content');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  replaceFile(path, 'other');
  assert.equal(readFileSync(path, 'utf8'), 'other');
  assert.deepEqual(readdirSync(directory), ['file']);
});

test('what a file says of itself it says of the one that it will be', () => {
  replaceFile(path, (draft) => String(lstatSync(draft).ino));
  assert.equal(readFileSync(path, 'utf8'), String(lstatSync(path).ino));
});

for (const [what, leave] of Object.entries({
  'a file': (draft: string) => writeFileSync(draft, 'half of what was to b'),
  'a directory': (draft: string) => mkdirSync(join(draft, 'inside'), { recursive: true }),
  'a link': (draft: string) => symlinkSync(join(directory, 'elsewhere'), draft),
})) {
  test(`${what} where the draft must be does not matter, and nothing is written through it`, async () => {
    for (const replace of [replaceFile, replaceFileAside]) {
      leave(`${path}.draft`);
      await replace(path, `content by ${replace.name}`);
      assert.equal(readFileSync(path, 'utf8'), `content by ${replace.name}`);
      assert.deepEqual(readdirSync(directory), ['file']);
    }
  });
}

test('a failure leaves what was there, and no draft', () => {
  writeFileSync(path, 'before');
  const fails = () => {
    throw new Error('no');
  };
  assert.throws(() => replaceFile(path, fails), /no/);
  assert.throws(() => createFile(join(directory, 'new'), join(directory, 'draft'), fails), /no/);
  assert.equal(readFileSync(path, 'utf8'), 'before');
  assert.deepEqual(readdirSync(directory), ['file']);
});

test('where there is no room for the whole, what was there stays, and half of a draft goes', () => {
  writeFileSync(path, 'before');
  const module = new URL('./whole-file.ts', import.meta.url).href;
  const script = `import { replaceFile } from ${JSON.stringify(module)};
    try { replaceFile(process.argv[1], 'x'.repeat(1_000_000)) } catch (error) { process.stdout.write(error.code) }`;
  const run = spawnSync(
    'sh',
    ['-c', 'ulimit -f 8; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', script, path],
    { encoding: 'utf8', env: {} },
  );
  assert.deepEqual([run.stdout, run.stderr], ['EFBIG', '']);
  assert.equal(readFileSync(path, 'utf8'), 'before');
  assert.deepEqual(readdirSync(directory), ['file']);
});

test('a file that is only to be made leaves one that is there as it is', () => {
  const draft = join(directory, 'mine');
  assert.deepEqual(
    stepsOf(() => createFile(path, draft, 'first')),
    ['sync file', 'link', 'sync directory'],
  );
  createFile(path, draft, 'second');
  assert.equal(readFileSync(path, 'utf8'), 'first');
  assert.deepEqual(readdirSync(directory), ['file']);
});

/** What the system was asked for by `replaceFileAside`, that matters after a power failure. */
async function stepsAside(): Promise<readonly string[]> {
  const steps: string[] = [];
  const { open, rename } = promises;
  mock.method(promises, 'open', async (...given: Parameters<typeof open>) => {
    const handle = await open(...given);
    const { sync } = handle;
    handle.sync = async () => {
      steps.push((await handle.stat()).isDirectory() ? 'sync directory' : 'sync file');
      await sync.call(handle);
    };
    return handle;
  });
  mock.method(promises, 'rename', async (from: string, to: string) => {
    steps.push('rename');
    await rename(from, to);
  });
  syncBuiltinESMExports();
  try {
    await replaceFileAside(path, 'content');
  } finally {
    mock.restoreAll();
    syncBuiltinESMExports();
  }
  return steps;
}

test('beside the calling thread a file is replaced as whole and as durably', async () => {
  mkdirSync(join(`${path}.draft`, 'inside'), { recursive: true });
  writeFileSync(path, 'before');
  assert.deepEqual(await stepsAside(), ['sync file', 'rename', 'sync directory']);
  assert.equal(readFileSync(path, 'utf8'), 'content');
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(directory), ['file']);
});

test('a failure beside the calling thread leaves what was there, and no draft', async () => {
  mkdirSync(path);
  await assert.rejects(replaceFileAside(path, 'content'), { code: 'EISDIR' });
  assert.deepEqual(readdirSync(directory), ['file']);
});

test('where the directory cannot be synced the call fails, and the new file is in its place', () => {
  writeFileSync(path, 'before');
  const { fsyncSync } = fs;
  mock.method(fs, 'fsyncSync', (descriptor: number) => {
    if (fstatSync(descriptor).isDirectory()) throw new Error('EIO');
    fsyncSync(descriptor);
  });
  syncBuiltinESMExports();
  try {
    assert.throws(() => replaceFile(path, 'after'), /EIO/);
  } finally {
    mock.restoreAll();
    syncBuiltinESMExports();
  }
  assert.equal(readFileSync(path, 'utf8'), 'after');
});
