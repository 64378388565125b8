import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Clock, ManualClock } from '../../../core/clock.ts';
import { readKernelFile } from '../host/kernel-files.ts';
import { childrenOf } from '../host/proc.ts';
import { processLimits } from '../limits.ts';
import { ContainerBench } from '../testing/container-bench.ts';
import { FirstProcessWatch } from './first-process.ts';

const isRoot = process.getuid?.() === 0;
const limit = { timeout: 240_000, skip: existsSync('/usr/bin/perl') ? false : 'no perl' };

/** `ptrace(PTRACE_ATTACH, 1)`, and a wait until it has stopped: `$held` is 0 if the namespace's first process is the caller's now. */
const attach = `$held = syscall(${process.arch === 'arm64' ? 117 : 101}, 16, 1, 0, 0); waitpid 1, 0`;
/** bubblewrap set up by root is root's, and its job is not. */
const sandboxes = isRoot
  ? (['bubblewrap', 'bubblewrap-root', 'unshare'] as const)
  : (['bubblewrap', 'unshare'] as const);

for (const sandbox of sandboxes) {
  const mayTrace = sandbox !== 'bubblewrap-root';

  test(`a job that stops the first process of its namespace and leaves has ended, with ${sandbox}`, limit, async () => {
    const bench = await ContainerBench.open(sandbox);
    const script = `exec perl -e '${attach}; exit($held == 0 ? 3 : 9)'`;
    const { outcome } = await runWatched(bench, script);
    assert.equal(outcome.exitCode, mayTrace ? 3 : 9);
    await bench.close();
  });

  test(
    `a job that leaves somebody who holds the first process of its namespace has ended, with ${sandbox}`,
    limit,
    async () => {
      const bench = await ContainerBench.open(sandbox);
      const hold = `if (!fork) { ${attach}; syswrite W, "x"; sleep }`;
      const script = `exec perl -e 'pipe R, W; ${hold} sysread R, $b, 1; exit 3'`;
      const { outcome, notes } = await runWatched(bench, script);
      assert.equal(outcome.exitCode, !mayTrace || mayInspect() ? 3 : 137);
      assert.deepEqual(
        notes,
        mayTrace ? ['the sandbox of c did not end with its first process, since the job held it; it was ended'] : [],
      );
      await bench.close();
    },
  );

  test(`a job that takes its time is not ended for it, with ${sandbox}`, limit, async () => {
    const bench = await ContainerBench.open(sandbox);
    const enough = join(bench.host.shared, 'enough');
    let looks = 0;
    const onLook = () => {
      looks += 1;
      if (looks === 10 * processLimits.looksAtHeldSandbox) writeFileSync(enough, '');
    };
    const wait = `select undef, undef, undef, 0.01 until -e "${enough}"`;
    const script = `exec perl -e '$SIG{CONT} = sub { print "sent on\\n" }; fork || exit 1; ${wait}; print "done\\n"'`;
    const { outcome, text, notes } = await runWatched(bench, script, onLook);
    assert.deepEqual([outcome.exitCode, text, notes], [0, ['done'], []]);
    await bench.close();
  });
}

test('a stopped sandbox that has taken its job in, and not told yet, is sent on', { timeout: 240_000 }, async () => {
  const init = spawn('/bin/sh', ['-c', 'kill -STOP $$; exit 5']);
  const ended = once(init, 'exit');
  while (!/\) T /.test(readKernelFile(`/proc/${init.pid}/stat`) ?? '')) await nextTurn();
  const clock = new ManualClock();
  const watch = new FirstProcessWatch(
    { init: () => init.pid, first: () => undefined, onHeld: () => assert.fail() },
    clock,
  );
  for (let look = 0; look < 2 * processLimits.looksAtHeldSandbox; look += 1)
    clock.advance(processLimits.firstProcessLookMs);
  assert.deepEqual(await ended, [5, null]);
  watch.stop();
  assert.equal(clock.pending, 0);
});

/**
 * Runs a container whose sandbox is looked at as often as can be, but only while its first process and its launcher wait or
 * are stopped: how long they may be at work is this machine's affair. `onLook` hears of each look.
 */
function runWatched(bench: ContainerBench, script: string, onLook = () => {}) {
  const { clock } = bench.host;
  let launcher: number | undefined;
  let hadInit = false;
  const isIdle = () => {
    const init = launcher === undefined ? undefined : childrenOf(launcher)[0];
    hadInit ||= init !== undefined;
    return init === undefined ? !hadInit : waits(init) && waits(launcher ?? 0);
  };
  const watched: Clock = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    at: (time, task) => clock.at(time, task),
    after: (delay, task) => {
      if (delay !== processLimits.firstProcessLookMs) return clock.after(delay, task);
      let cancel = () => {};
      const lookIfIdle = () => {
        cancel = clock.after(1, () => {
          if (!isIdle()) return lookIfIdle();
          onLook();
          task();
        });
      };
      lookIfIdle();
      return () => cancel();
    },
  };
  return bench.run(
    script,
    {},
    () => {},
    watched,
    (run) => {
      launcher = run.record.launcher.pid;
    },
  );
}

/** Whether a process has nothing to do, or may do nothing, and is not about to leave. */
function waits(pid: number): boolean {
  const stat = readKernelFile(`/proc/${pid}/stat`) ?? '';
  const [state = '', ...numbers] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isLeaving = (Number(numbers[5]) & 4) !== 0;
  return ['S', 'T', 't'].includes(state) && !isLeaving;
}

/** Of another user's process only CAP_SYS_PTRACE sees with which code it ended. */
function mayInspect(): boolean {
  const effective = /^CapEff:\s+([0-9a-f]+)/m.exec(readKernelFile('/proc/self/status') ?? '')?.[1] ?? '0';
  return !isRoot || (BigInt(`0x${effective}`) & (1n << 19n)) !== 0n;
}
