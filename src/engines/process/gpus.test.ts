import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { Engine } from '../contract.ts';
import { findGpus, type GpuHost } from '../gpu-probe.ts';
import { GpuAssignments } from '../gpus.ts';
import { TestHost } from './testing/test-host.ts';

describe('the GPUs of a host', () => {
  let root = '';
  let host: GpuHost;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'batchyard-gpus-'));
    const [driver, devices] = [join(root, 'driver'), join(root, 'dev')];
    mkdirSync(join(driver, '0000:01:00.0'), { recursive: true });
    writeFileSync(join(driver, '0000:01:00.0', 'information'), 'Model: \t X\nGPU UUID: \t GPU-a\nDevice Minor: \t 3\n');
    mkdirSync(devices);
    for (const name of ['nvidia0', 'nvidia3', 'nvidiactl', 'nvidia-uvm']) writeFileSync(join(devices, name), '');
    host = { program: join(root, 'nvidia-smi'), driver, devices, deadline: 10_000 };
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  async function found(script: string | undefined, parts: Partial<GpuHost> = {}, named?: readonly string[]) {
    rmSync(host.program, { force: true });
    if (script !== undefined) {
      writeFileSync(host.program, `#!/bin/sh\n${script}\n`);
      chmodSync(host.program, 0o755);
    }
    const warnings: string[] = [];
    const gpus = await findGpus(named, (words) => warnings.push(words), { ...host, ...parts });
    const short = gpus.map(({ id, devices }) => [id, ...devices.map((path) => path.slice(host.devices.length + 1))]);
    return { gpus: short, warnings };
  }

  test('are what nvidia-smi lists, with the device files that their drivers name', async () => {
    const list = '[ "$1" = --query-gpu=uuid ] && printf "GPU-a\\nGPU-b\\n"';
    assert.deepEqual(await found(list), {
      gpus: [['GPU-a', 'nvidia3', 'nvidiactl', 'nvidia-uvm'], ['GPU-b']],
      warnings: [],
    });
  });

  test('are none without nvidia-smi, and none with a word when it fails or never answers', async () => {
    assert.deepEqual(await found(undefined), { gpus: [], warnings: [] });
    const failed = await found('echo no driver >&2; exit 9');
    assert.deepEqual(failed.gpus, []);
    assert.match(failed.warnings.join(), /no driver/);
    const silent = await found('exec sleep 1000', { deadline: 50 });
    assert.deepEqual(silent.gpus, []);
    assert.match(silent.warnings.join(), /did not answer/);
  });

  test('are those that an operator names, by number, by UUID or for the sake of scheduling', async () => {
    const { gpus } = await found('echo never asked; exit 1', {}, ['0', 'GPU-a', 'fake', '../../etc', 'fake']);
    const shared = ['nvidiactl', 'nvidia-uvm'];
    assert.deepEqual(gpus, [['0', 'nvidia0', ...shared], ['GPU-a', 'nvidia3', ...shared], ['fake'], ['../../etc']]);
    assert.deepEqual((await found(undefined, {}, ['none'])).gpus, []);
  });
});

test('a container gets its GPUs, their devices, and variables that win over its own', async () => {
  const host = await TestHost.create();
  const gpus = new GpuAssignments([
    { id: 'a', devices: ['/dev/nvidia0', '/dev/nvidiactl'] },
    { id: 'b', devices: ['/dev/nvidia1', '/dev/nvidiactl'] },
    { id: 'c', devices: [] },
  ]);
  const task = host.task('true', { gpus: 2, environment: { CUDA_VISIBLE_DEVICES: '0,1,2', OWN: '1' } });
  const [first] = task.containers;
  assert.ok(first);
  const two = { ...task, containers: [first, { ...first, name: 'd', gpus: 1 }, { ...first, name: 'e', gpus: 0 }] };
  const given = gpus.assign(two);
  assert.deepEqual(given?.gpus, ['a', 'b', 'c']);
  const environments = given?.containers.map(({ environment }) => environment);
  assert.deepEqual(environments, [
    { CUDA_VISIBLE_DEVICES: 'a,b', NVIDIA_VISIBLE_DEVICES: 'a,b', OWN: '1' },
    { CUDA_VISIBLE_DEVICES: 'c', NVIDIA_VISIBLE_DEVICES: 'c', OWN: '1' },
    { CUDA_VISIBLE_DEVICES: '', NVIDIA_VISIBLE_DEVICES: 'void', OWN: '1' },
  ]);
  const paths = given?.containers.map(({ gpuDevices = [] }) => gpuDevices);
  assert.deepEqual(paths, [['/dev/nvidia0', '/dev/nvidiactl', '/dev/nvidia1'], [], []]);
  assert.deepEqual(gpus.assign(two)?.gpus, ['a', 'b', 'c'], 'the same when it is asked again');
  const next = host.task('true', { gpus: 1 });
  assert.equal(gpus.assign(next), undefined);
  gpus.release(task.taskId);
  assert.deepEqual(gpus.assign(next)?.gpus, ['a']);
  await host.dispose();
});

test('a GPU is its task’s until that has ended, over servers and runners', { timeout: 240_000 }, async (t) => {
  const { host, open } = await hostOf(t, ['a', 'b']);
  const show = 'echo $NVIDIA_VISIBLE_DEVICES';
  const held = host.task(`${show}; >${host.shared}/up; exec sleep 1000`, { gpus: 1 });
  const first = await open();
  assert.equal((await first.describe()).pools[0]?.capacity.gpus, 2);
  await first.start(held);
  await host.appears('up');
  await host.crashServer(first);

  const second = await open();
  const other = host.task(show, { gpus: 1 });
  const both = host.task(show, { gpus: 2 });
  await second.start(other);
  await ended(second, other.taskId);
  const early = await second.start(host.task(show, { gpus: 2 }));
  assert.ok(typeof early === 'object' && /GPUs/.test(early.reason), 'only that task fails');
  assert.equal((await second.describe()).unavailable, undefined);
  await second.stop(held.taskId, 0);
  await ended(second, held.taskId);
  assert.equal(await second.start(both), 'accepted');
  await ended(second, both.taskId);
  assert.deepEqual(await Promise.all([held, other, both].map(({ taskId }) => host.text(taskId))), [
    ['a'],
    ['b'],
    ['a,b'],
  ]);

  const lost = host.task('exec sleep 1000', { gpus: 2 });
  const after = host.task(show, { gpus: 2 });
  await second.start(lost);
  await host.crashEngine();
  await ended(second, lost.taskId);
  assert.equal(await second.start(after), 'accepted');
  await ended(second, after.taskId);
});

test('a start that is repeated after its task has ended takes no GPU again', { timeout: 240_000 }, async (t) => {
  const { host, open } = await hostOf(t, ['a']);
  const engine = await open();
  const [one, next] = [host.task('true', { gpus: 1 }), host.task('true', { gpus: 1 })];
  await engine.start(one);
  await ended(engine, one.taskId);
  assert.equal(await engine.start(one), 'already');
  await engine.release(one.taskId);
  assert.equal(await engine.start(next), 'accepted');
  await ended(engine, next.taskId);
});

/** A host with GPUs and its servers, one after the other; all of it is gone after the test, however that ends. */
async function hostOf(t: TestContext, gpus: readonly string[]) {
  const host = await TestHost.create({ gpus });
  const opened: Engine[] = [];
  t.after(async () => {
    for (const engine of opened) await engine.close();
    await host.dispose();
  });
  const open = async () => {
    const engine = await host.open(opened.length + 1);
    opened.push(engine);
    return engine;
  };
  return { host, open };
}

async function ended(engine: Engine, taskId: string): Promise<void> {
  const enough = new AbortController();
  for await (const event of engine.events(enough.signal)) {
    if (event.kind === 'ended' && event.taskId === taskId) enough.abort();
  }
}
