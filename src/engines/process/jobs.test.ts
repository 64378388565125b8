import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { outcome } from '../conformance.ts';
import { appears } from './testing/test-host.ts';
import { Workbench } from './testing/workbench.ts';

const limit = { timeout: 240_000 };

for (const sandboxes of [undefined, ['unshare'], []] as const) {
  const name = sandboxes === undefined ? 'the best sandbox' : (sandboxes[0] ?? 'no sandbox');
  describe(`jobs in ${name}`, () => {
    let bench: Workbench;
    before(async () => {
      bench = await Workbench.open({ pidsLimit: 64, ...(sandboxes === undefined ? {} : { sandboxes }) });
    });
    after(() => bench.close());

    test('a process that leaves the session is dead when the attempt is reported ended', limit, async () => {
      const held = holdable(bench, 'setsid');
      const ended = await bench.run(
        `setsid sh -c 'exec 9<>${held}; >${held}.up; exec sleep 1000' & ${waitUp} ${held}.up`,
      );
      assert.equal(outcome(ended).exitCode, 0);
      bench.host.assertNobodyHolds(held);
    });

    test(
      'a double fork that holds the output does not keep the attempt from ending, and is dead then',
      limit,
      async () => {
        const held = holdable(bench, 'fork');
        const script = `( ( exec 9<>${held}; >${held}.up; exec sleep 1000 ) & ); ${waitUp} ${held}.up; echo out; exit 3`;
        const ended = await bench.run(script);
        assert.equal(outcome(ended).exitCode, 3);
        assert.deepEqual(await bench.host.text(ended.taskId), ['out']);
        bench.host.assertNobodyHolds(held);
      },
    );

    test('a fork bomb stays under the pids limit, and stops', limit, async (t) => {
      const { enforced } = await bench.engine.describe();
      if (!enforced.pids) return t.skip('no pids controller on this host');
      const up = join(bench.host.shared, 'bomb');
      const task = await bench.start(`>${up}; bomb() { bomb | bomb & }; bomb; while :; do sleep 1; done`);
      await appears(up);
      const ended = await bench.stop(task.taskId);
      assert.equal(ended.cause, 'stopped');
      assert.equal(outcome(await bench.run('exit 4')).exitCode, 4);
    });

    test('a process over the memory limit ends with 137 and AWS’s words', limit, async (t) => {
      const { enforced } = await bench.engine.describe();
      if (!enforced.memory) return t.skip('no memory controller on this host');
      const ended = await bench.run('x=aaaaaaaa; while :; do x=$x$x; done', { memoryMiB: 32 });
      assert.equal(outcome(ended).exitCode, 137);
      assert.equal(outcome(ended).reason, 'OutOfMemoryError: Container killed due to memory usage');
    });

    test('an attempt knows its CPU time and its peak memory', limit, async () => {
      const ended = await bench.run('x=0123456789abcdef; i=0; while [ $i -lt 20 ]; do x=$x$x; i=$((i+1)); done');
      const { cpuSeconds = 0, peakMemoryBytes = 0 } = outcome(ended);
      assert.ok(cpuSeconds > 0 && cpuSeconds < 60, `${cpuSeconds} s`);
      assert.ok(peakMemoryBytes > 16 * 1024 ** 2, `${peakMemoryBytes} bytes`);
    });

    test('jobs are raised in the order of the kernel’s memory killer', limit, async () => {
      assert.deepEqual(await bench.lines('cat /proc/self/oom_score_adj'), ['500']);
    });

    test('nothing of a job is left after its release', limit, async () => {
      const ended = await bench.run('mkdir -p "$HOME/a/b"; echo x >"$HOME/a/b/c"; chmod 0 "$HOME/a"; pwd');
      await bench.engine.release(ended.taskId);
      const left = execFileSync('find', [join(bench.host.dataDirectory, 'process'), '-name', `*${ended.taskId}*`]);
      assert.equal(left.toString(), '');
    });
  });
}

test(
  'without sandbox and control groups all processes of its session are dead when an attempt is reported ended',
  limit,
  async (t) => {
    const bench = await Workbench.open({ sandboxes: [], cgroups: false });
    t.after(() => bench.close());
    const held = ['one', 'two', 'three'].map((name) => holdable(bench, name));
    // Process groups of their own, as an interactive shell makes them, and no hold on the output. The kernel takes memory from
    // who was killed before it closes his files: with 64 MiB he is seen to hold them for some time.
    const large = 'x=0123456789abcdef; i=0; while [ $i -lt 22 ]; do x=$x$x; i=$((i+1)); done';
    const scripts = held.map(
      (path) =>
        `set -m; sh -c 'exec 9<>${path}; ${large}; >${path}.up; sleep 1000' >/dev/null 2>&1 & ${waitUp} ${path}.up`,
    );
    const ends = await Promise.all(scripts.map((script) => bench.run(script)));
    assert.deepEqual(
      ends.map((ended) => outcome(ended).exitCode),
      [0, 0, 0],
    );
    for (const path of held) bench.host.assertNobodyHolds(path);
  },
);

/** A shell word that waits until the file that follows it exists; polls, as shells can do nothing else. */
const waitUp = 'sh -c \'until [ -e "$1" ]; do sleep 0.01; done\' _';

/** A named pipe that a job can hold open, which can be seen from outside. */
function holdable(bench: Workbench, name: string): string {
  const path = join(bench.host.shared, name);
  execFileSync('mkfifo', ['-m', '666', path]);
  return path;
}
