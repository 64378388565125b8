import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { SystemClock } from '../../core/clock.ts';
import { MockWorld } from '../../engines/index.ts';
import { startTestServer } from '../server.fixture.ts';

const clock = new SystemClock();
const world = new MockWorld({ clock, script: () => ({ output: [], runFor: 'until-stopped' }) });
const server = await startTestServer({}, world);
after(async () => {
  await server[Symbol.asyncDispose]();
  clock.close();
});

async function submit(...words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await server.command('submit', ...words, '--', 'true');
  assert.equal(exitCode, 0, stderr);
  return stdout.trim();
}

test('a job that is not there keeps cancel from none of the others', async () => {
  const id = await submit('--name', 'real');
  const cancelled = await server.command('cancel', '--terminate', 'nobody', `${id}:3`, 'real');
  assert.equal(cancelled.stdout, `${id} is being terminated\n`);
  const [nobody, child] = cancelled.stderr.split('\n');
  assert.equal(nobody, 'batchyard: there is no job with the id or name nobody in region us-east-1');
  assert.equal(child, `batchyard: job ${id} is no array`);
  assert.equal(cancelled.exitCode, 1);
});

test('each command says of a child that an array has not how many it has', async () => {
  const id = await submit('--array', '3');
  for (const command of ['explain', 'logs', 'failures', 'rerun', 'cancel']) {
    const { exitCode, stdout, stderr } = await server.command(command, `${id}:3`);
    const words = `batchyard: job ${id} has children 0 to 2: there is no child 3\n`;
    assert.deepEqual([exitCode, stdout, stderr], [1, '', words], command);
  }
  const other = await server.command('logs', `${id}:01`);
  assert.equal(other.stderr, `batchyard: there is no job ${id}:01\n`);
  const node = await server.command('logs', `${id}#0`);
  assert.equal(node.stderr, `batchyard: job ${id} has no nodes: its children are ${id}:0 to :2\n`);
});
