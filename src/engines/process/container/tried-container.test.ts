import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Clock } from '../../../core/clock.ts';
import type { TaskId } from '../../../core/ids.ts';
import { shellWord } from '../../../core/quote-posix.ts';
import { cannotStartContainer, Shortage } from '../errors.ts';
import { processLimits } from '../limits.ts';
import { ownPath } from '../plan/scripts.ts';
import { TaskFiles } from '../task/task-files.ts';
import { ContainerBench } from '../testing/container-bench.ts';

const limit = { timeout: 240_000 };
const race =
  `Can't bind mount /oldroot/ on /newroot/: Unable to apply mount flags: remount "/newroot/tmp/x": ` +
  'No such file or directory';

describe('a container whose launcher fails before its command has begun', () => {
  let bench: ContainerBench;
  before(async () => {
    bench = await ContainerBench.open('bubblewrap');
  });
  after(() => bench.close());

  test(
    'is launched again where that was a race with the mounts of the host, with pauses that grow',
    limit,
    async () => {
      const launchers = countedLaunchers(bench, 3, race);
      const { clock, pauses } = pausesOf(bench.host.clock);
      const heard: string[] = [];
      const told = { onFailed: () => heard.push('failed'), onLaunched: () => heard.push('launched') };
      const { began, outcome, notes } = await bench.runLaunchers(launchers.script, clock, told);
      assert.deepEqual([began, outcome.exitCode, outcome.reason], [true, 7, undefined]);
      assert.equal(launchers.count(), 4);
      assert.deepEqual(pauses, [20, 40, 80]);
      assert.deepEqual(heard, ['failed', 'launched', 'failed', 'launched', 'failed', 'launched']);
      assert.deepEqual(notes, [`the sandbox of c was set up at try 4: ${race}`]);
    },
  );

  for (const words of [
    'Creating new namespace failed: No space left on device',
    'Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
    `Can't fork for --unshare-pid: Resource temporarily unavailable`,
    `Can't bind mount /oldroot/ on /newroot/: Unable to apply mount flags: remount "/newroot/a": Invalid argument`,
  ]) {
    test(`is launched again after ${words}`, limit, async () => {
      const launchers = countedLaunchers(bench, 1, words);
      const { outcome } = await bench.runLaunchers(launchers.script, pausesOf(bench.host.clock).clock);
      assert.deepEqual([outcome.exitCode, launchers.count()], [7, 2]);
    });
  }

  test('fails in words when that goes on', limit, async () => {
    const launchers = countedLaunchers(bench, Number.MAX_SAFE_INTEGER, race);
    const { began, outcome } = await bench.runLaunchers(launchers.script, pausesOf(bench.host.clock).clock);
    assert.deepEqual([began, outcome.exitCode], [false, undefined]);
    assert.equal(outcome.reason, `CannotStartContainerError: ${race} (tried ${processLimits.launchTries} times)`);
    assert.equal(launchers.count(), processLimits.launchTries);
  });

  test('has failed at once where that will not pass', limit, async () => {
    const launchers = countedLaunchers(bench, 1, `Can't find source path /gone: No such file or directory`);
    const { outcome } = await bench.runLaunchers(launchers.script, bench.host.clock);
    assert.match(outcome.reason ?? '', /^CannotStartContainerError: Can't find source path \/gone: /);
    assert.equal(launchers.count(), 1);
  });

  test('is not launched again where its command may have begun, whatever it said', limit, async () => {
    const launchers = countedLaunchers(bench, 1, race, `echo '{"exit-code": 3}' >&4`);
    const { began, outcome } = await bench.runLaunchers(launchers.script, bench.host.clock);
    assert.deepEqual([began, outcome.exitCode, launchers.count()], [true, 3, 1]);
  });

  test('is not launched again once it is told to end', limit, async () => {
    const launchers = countedLaunchers(bench, Number.MAX_SAFE_INTEGER, race);
    let terminate = () => {};
    const { clock } = pausesOf(bench.host.clock, Number.POSITIVE_INFINITY);
    const end = await bench.runLaunchers(
      launchers.script,
      clock,
      { onFailed: () => queueMicrotask(() => terminate()) },
      (container) => {
        terminate = () => container.terminate();
      },
    );
    assert.deepEqual([end.began, end.outcome.reason, launchers.count()], [false, undefined, 1]);
  });

  test('has failed, in AWS’s words, where another launcher cannot be had', limit, async () => {
    const launchers = countedLaunchers(bench, 1, race);
    const onLaunched = () => {
      throw cannotStartContainer('a host path is gone');
    };
    const { outcome } = await bench.runLaunchers(launchers.script, pausesOf(bench.host.clock).clock, { onLaunched });
    assert.equal(outcome.reason, 'CannotStartContainerError: a host path is gone');
  });

  test('runs nothing by a launcher that is not on record, and is tried again', limit, async () => {
    const launchers = countedLaunchers(bench, 1, race);
    let isFull = true;
    const onLaunched = () => {
      if (isFull) {
        isFull = false;
        throw new Shortage('no space left on device');
      }
    };
    const { clock, pauses } = pausesOf(bench.host.clock);
    const { outcome, notes } = await bench.runLaunchers(launchers.script, clock, { onLaunched });
    assert.deepEqual([outcome.exitCode, launchers.count(), pauses], [7, 2, [20, 40]]);
    assert.deepEqual(notes, [`the sandbox of c was set up at try 3: ${race}; no space left on device`]);
  });
});

test(
  'a task whose first launcher loses a race runs once, and its record names the launcher that ran it',
  limit,
  async () => {
    const bench = await ContainerBench.open('bubblewrap');
    try {
      const { shared, root } = bench.host;
      const bwrap = join(shared, 'bwrap');
      const first = `[ -e ${shared}/second ] || { >${shared}/second; echo ${shellWord(`bwrap: ${race}`)}; exit 1; }`;
      writeFileSync(bwrap, `#!/bin/sh\n${ownPath}\n${first}\nexec bwrap "$@"\n`, { mode: 0o755 });
      const files = new WatchedFiles(join(root, 'tasks'));
      const events = await bench.runTask(files, { script: 'exit 3', bwrap });
      const [end] = events.filter((event) => event.kind === 'ended');
      assert.deepEqual([end?.cause, end?.containers[0]?.exitCode], ['exited', 3]);
      assert.equal(events.filter(({ kind }) => kind === 'running').length, 1);
      assert.equal(new Set(files.gone).size, 2);
      const onDisk = files.read(end?.taskId ?? assert.fail());
      assert.equal(onDisk?.state, 'ended');
      assert.equal(onDisk?.record?.containers[0]?.launcher.pid, files.gone.at(-1));
    } finally {
      await bench.close();
    }
  },
);

/** Files that remember which launcher was on record at each `go`. */
class WatchedFiles extends TaskFiles {
  readonly gone: unknown[] = [];

  override go(taskId: TaskId): void {
    super.go(taskId);
    const found = this.read(taskId);
    this.gone.push(found?.state === 'running' ? found.record.containers[0]?.launcher.pid : found);
  }
}

/** Launchers of which so many say `words` and fail, and do `then` before; the next has a command that exits with 7. */
function countedLaunchers(bench: ContainerBench, failing: number, words: string, then = ':') {
  const directory = mkdtempSync(join(bench.host.shared, 'launchers-'));
  chmodSync(directory, 0o777);
  const file = join(directory, 'count');
  const script = [
    ownPath,
    `echo x >>${shellWord(file)}`,
    `[ $(wc -l <${shellWord(file)}) -gt ${failing} ] || { ${then}; echo ${shellWord(`bwrap: ${words}`)}; exit 1; }`,
    `echo '{"exit-code": 7}' >&4`,
  ].join('\n');
  return { script, count: () => readFileSync(file, 'utf8').length / 2 };
}

/** A clock that keeps the pauses between launchers, which are over after `factor` times as long. */
function pausesOf(clock: Clock, factor = 0) {
  const pauses: number[] = [];
  const mayBePause = new Set(
    Array.from({ length: processLimits.launchTries }, (_, index) => processLimits.launchPauseMs * 2 ** index),
  );
  const watched: Clock = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    at: (time, task) => clock.at(time, task),
    after: (delay, task) => {
      if (!mayBePause.has(delay)) return clock.after(delay, task);
      pauses.push(delay);
      return factor === 0 ? clock.after(0, task) : () => {};
    },
  };
  return { clock: watched, pauses };
}
