import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TaskId } from '../../../core/ids.ts';
import type { ContainerUsage } from '../../task-usage.ts';
import { Workbench } from '../testing/workbench.ts';

const limit = { timeout: 240_000 };
const mebi = 2 ** 20;
/** Holds 16 MiB in a variable of the shell, and is busy. */
const busy = 'x=0123456789abcdef; i=0; while [ $i -lt 20 ]; do x=$x$x; i=$((i+1)); done; while :; do :; done';

for (const [name, options] of [
  ['with what control groups the host has', {}],
  ['without control groups', { cgroups: false }],
] as const) {
  test(
    `${name} it is told of a task that runs how much CPU time it took, and what memory it holds`,
    limit,
    async () => {
      const bench = await Workbench.open(options);
      try {
        const { taskId } = await bench.start(busy, { memoryMiB: 512 });
        const first = await measured(bench, taskId, ({ memoryBytes = 0 }) => memoryBytes > 16 * mebi);
        const second = await measured(
          bench,
          taskId,
          ({ cpuSeconds = 0 }) => cpuSeconds > (first.cpuSeconds ?? 0) + 0.1,
        );
        assert.ok(second.at > first.at);
        assert.ok((second.cpuSeconds ?? 0) - (first.cpuSeconds ?? 0) <= (second.at - first.at) / 1_000 + 1);
        assert.ok((second.peakMemoryBytes ?? 0) >= 16 * mebi && (second.peakMemoryBytes ?? 0) < 1_024 * mebi);
        await bench.stop(taskId);
        assert.deepEqual(await bench.engine.usage([taskId]), []);
      } finally {
        await bench.close();
      }
    },
  );
}

/** Asks until it is so. */
async function measured(
  { engine }: Workbench,
  taskId: TaskId,
  isSo: (usage: ContainerUsage) => boolean,
): Promise<ContainerUsage> {
  for (;;) {
    const answer = await engine.usage([taskId]);
    const usage = answer === 'unmeasured' ? undefined : answer[0]?.containers[0];
    if (usage && isSo(usage)) return usage;
    await nextTurn();
  }
}
