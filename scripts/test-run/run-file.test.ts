import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { longestFirst } from './order.ts';
import { runFile } from './run-file.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'run-file-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs a test file with this body; answers what each test did. */
async function outcomesOf(body: string, limit = 30_000): Promise<readonly string[]> {
  const file = join(directory, 'sample.test.ts');
  writeFileSync(file, `import { describe, test } from 'node:test';\n${body}`);
  const { outcomes } = await runFile(file, limit);
  return outcomes.map((outcome) => {
    const detail =
      outcome.kind === 'failed' ? outcome.error.split('\n')[0] : outcome.kind === 'skipped' ? outcome.reason : '';
    return `${outcome.kind} ${outcome.name} ${detail}`.trim();
  });
}

test('each test counts once, by what it did; suites do not count', async () => {
  const body = `
    test('good', () => {});
    test('bad', () => { throw new Error('broken'); });
    describe('suite', () => { test('inner', () => { throw new Error('inside'); }); });
    test('missing', { skip: 'no bwrap' }, () => {});
    test('later', { todo: true }, () => {});`;
  assert.deepEqual(await outcomesOf(body), [
    'passed good',
    'failed bad Error: broken',
    'failed inner Error: inside',
    'skipped missing no bwrap',
  ]);
});

test('a file that does not load, or has no tests, fails', async () => {
  assert.deepEqual(await outcomesOf('syntax error here('), ['failed (the whole file) the file failed: exit code 1']);
  assert.deepEqual(await outcomesOf(''), ['failed (the whole file) the file has no tests']);
});

test('a file that hangs is ended at its limit', async () => {
  const body = "test('good', () => {}); setInterval(() => {}, 1_000);";
  assert.deepEqual(await outcomesOf(body, 3_000), [
    'passed good',
    'failed (the whole file) the file failed: ended by SIGKILL; the limit is 3 s',
  ]);
});

test('properties begin with the seed that is given', () => {
  const file = join(directory, 'property.test.ts');
  const body = `
    import fc from '${import.meta.resolve('fast-check')}'; // 'fast-check'
    test('seed ' + fc.readConfigureGlobal().seed, () => {});`;
  writeFileSync(file, `import { test } from 'node:test';\n${body}`);
  const script = `
    const { runFile } = await import('${import.meta.resolve('./run-file.ts')}');
    console.log((await runFile('${file}', 30_000)).outcomes[0].name);`;
  const run = (seed: string) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TEST_SEED: seed },
      encoding: 'utf8',
    });
  assert.equal(run('77').stdout, 'seed 77\n');
  assert.match(run('seventy').stderr, /TEST_SEED must be a whole number from 0 to 2147483647, not “seventy”/);
});

const linux = process.platform === 'linux' ? {} : { skip: 'only /proc knows what belongs to whom' };
test('a process that a file leaves behind fails it, and is ended', linux, async () => {
  const body = `
    import { spawn } from 'node:child_process';
    test('leaky', () => spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref());`;
  const [passed, leaked] = await outcomesOf(body);
  assert.equal(passed, 'passed leaky');
  const [, pid = ''] = /left process (\d+) running: sleep 600$/.exec(leaked ?? '') ?? [];
  // A zombie has no command line any more.
  const left = existsSync(`/proc/${pid}`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
  assert.equal(left, '');
});

test('files that took long go first, unknown ones by what they are likely to take', () => {
  const files = ['src/core/a.test.ts', 'src/engines/b.test.ts', 'test/c.test.ts', 'src/core/d.test.ts'];
  assert.deepEqual(longestFirst(files, { 'src/core/d.test.ts': 9, 'test/c.test.ts': 2 }), [
    'src/core/d.test.ts',
    'src/engines/b.test.ts',
    'test/c.test.ts',
    'src/core/a.test.ts',
  ]);
});
