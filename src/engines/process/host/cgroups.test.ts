import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type CgroupPlaces, ContainerCgroup, swapAbilities } from './cgroups.ts';

const limits = { memoryBytes: 64 * 1024 ** 2, swapBytes: 0, vcpus: 2, pids: 100, cpuQuota: true };

/** A directory where control groups would be: writing a control file makes a file. */
function withDirectory(body: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'batchyard-cgroups-'));
  try {
    body(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function read(directory: string): Record<string, string> {
  return Object.fromEntries(readdirSync(directory).map((file) => [file, readFileSync(join(directory, file), 'utf8')]));
}

test('on version 2 one group takes all limits, and the process once', () => {
  withDirectory((root) => {
    const place = { version: 2, directory: root } as const;
    const cgroup = new ContainerCgroup({ memory: place, cpu: place, pids: place, kill: place }, 'c');
    cgroup.create(limits);
    cgroup.join(4711);
    assert.deepEqual(read(join(root, 'c')), {
      'cgroup.procs': '4711',
      'cpu.max': '200000 100000',
      'cpu.weight': '79',
      'memory.max': '67108864',
      'memory.swap.max': '0',
      'pids.max': '100',
    });
  });
});

test('on version 1 each controller has its own group', () => {
  withDirectory((root) => {
    const place = (use: string) => ({ version: 1, directory: join(root, use) }) as const;
    const places: CgroupPlaces = {
      memory: place('memory'),
      cpu: place('cpu'),
      pids: place('pids'),
      cpuacct: place('cpuacct'),
    };
    const cgroup = new ContainerCgroup(places, 'c');
    cgroup.create({ ...limits, cpuQuota: false });
    cgroup.join(4711);
    assert.deepEqual(read(join(root, 'memory', 'c')), {
      'cgroup.procs': '4711',
      'memory.limit_in_bytes': '67108864',
      'memory.memsw.limit_in_bytes': '67108864',
    });
    assert.deepEqual(read(join(root, 'cpu', 'c')), { 'cgroup.procs': '4711', 'cpu.shares': '2048' });
    assert.deepEqual(read(join(root, 'cpuacct', 'c')), { 'cgroup.procs': '4711' });
  });
});

test('swap is limited beyond memory, and swappiness set where a single group has it', () => {
  withDirectory((root) => {
    const swap = { swapBytes: 1024 ** 2, swappiness: 30 };
    const one = { version: 1, directory: join(root, 'one') } as const;
    new ContainerCgroup({ memory: one }, 'c').create({ ...limits, ...swap });
    const first = read(join(root, 'one', 'c'));
    assert.equal(first['memory.memsw.limit_in_bytes'], String(65 * 1024 ** 2));
    assert.equal(first['memory.swappiness'], '30');
    const two = { version: 2, directory: join(root, 'two') } as const;
    new ContainerCgroup({ memory: two }, 'c').create({ ...limits, ...swap });
    assert.deepEqual(read(join(root, 'two', 'c')), { 'memory.max': '67108864', 'memory.swap.max': '1048576' });
  });
});

test('whether swap can be limited is read off the files that the kernel offers', () => {
  withDirectory((root) => {
    const memory = (version: 1 | 2) => ({ memory: { version, directory: root } });
    assert.deepEqual(swapAbilities({}), { limit: false, swappiness: false });
    assert.deepEqual(swapAbilities(memory(1)), { limit: false, swappiness: false });
    for (const file of ['memory.memsw.limit_in_bytes', 'memory.swappiness', 'memory.swap.max'])
      writeFileSync(join(root, file), '');
    assert.deepEqual(swapAbilities(memory(1)), { limit: true, swappiness: true });
    assert.deepEqual(swapAbilities(memory(2)), { limit: true, swappiness: false });
  });
});

test('usage and kills for memory are read in the words of each version', () => {
  withDirectory((root) => {
    const two = { version: 2, directory: join(root, 'two') } as const;
    const one = (use: string) => ({ version: 1, directory: join(root, use) }) as const;
    const files: Record<string, string> = {
      'two/c/memory.peak': '1000\n',
      'two/c/memory.current': '900\n',
      'two/c/memory.stat': 'anon 5\ninactive_file 300\n',
      'memory/c/memory.usage_in_bytes': '1900\n',
      'memory/c/memory.stat': 'inactive_file 1\ntotal_inactive_file 400\n',
      'two/c/memory.events': 'oom 1\noom_kill 2\n',
      'two/c/cpu.stat': 'usage_usec 1500000\nuser_usec 1\n',
      'memory/c/memory.max_usage_in_bytes': '2000\n',
      'memory/c/memory.oom_control': 'under_oom 0\noom_kill 3\n',
      'cpuacct/c/cpuacct.usage': '2500000000\n',
      'two/c/io.stat':
        '8:0 rbytes=100 wbytes=7 rios=3 wios=1 dbytes=9 dios=1\n8:16 rbytes=20 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n',
      'blkio/c/blkio.throttle.io_service_bytes':
        '8:0 Read 30\n8:0 Write 4\n8:0 Sync 34\n8:0 Total 34\n8:16 Read 5\nTotal 39\n',
    };
    for (const directory of ['two', 'memory', 'cpuacct', 'blkio'])
      mkdirSync(join(root, directory, 'c'), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
    const second = new ContainerCgroup({ memory: two, kill: two, blkio: two }, 'c');
    assert.deepEqual(second.usage(), { cpuSeconds: 1.5, peakMemoryBytes: 1000 });
    assert.deepEqual(second.held(), { memoryBytes: 600 });
    assert.deepEqual(second.storage(), { storage: { readBytes: 120, writtenBytes: 7 } });
    assert.equal(second.outOfMemoryKills(), 2);
    const first = new ContainerCgroup({ memory: one('memory'), cpuacct: one('cpuacct'), blkio: one('blkio') }, 'c');
    assert.deepEqual(first.usage(), { cpuSeconds: 2.5, peakMemoryBytes: 2000 });
    assert.deepEqual(first.held(), { memoryBytes: 1500 });
    assert.deepEqual(first.storage(), { storage: { readBytes: 35, writtenBytes: 4 } });
    assert.equal(first.outOfMemoryKills(), 3);
  });
});

test('without any controller nothing is limited or known, and removing is done', () => {
  const cgroup = new ContainerCgroup({}, 'c');
  cgroup.create(limits);
  assert.deepEqual([cgroup.held(), cgroup.storage()], [{}, {}]);
  assert.deepEqual([cgroup.usage(), cgroup.outOfMemoryKills(), cgroup.members(), cgroup.remove()], [{}, 0, [], true]);
});
