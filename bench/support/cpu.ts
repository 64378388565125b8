import { readFileSync } from 'node:fs';

/** CPU time, in microseconds. */
export interface CpuTime {
  /** Of the process and its threads. */
  readonly own: number;
  /** Of its children that have ended and that it has waited for, with theirs. */
  readonly children: number;
}

/** USER_HZ is 100 on every architecture that Node runs on: what takes a second is measured to a hundredth. */
const microsecondsPerTick = 10_000;

export const noCpuTime: CpuTime = { own: 0, children: 0 };

/** What a process has used so far. Throws if it is gone. */
export function cpuTimeOf(pid: number | 'self'): CpuTime {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (field: number) => Number(fields[field - 3]); // proc(5) counts from 1, state is 3
  return {
    own: (ticks(14) + ticks(15)) * microsecondsPerTick,
    children: (ticks(16) + ticks(17)) * microsecondsPerTick,
  };
}

export function cpuBetween(before: CpuTime, after: CpuTime): CpuTime {
  return { own: after.own - before.own, children: after.children - before.children };
}

/** Proportional share of memory, in MB (1,000,000 bytes): pages shared with other processes count in part. */
export function proportionalMemory(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  const kibibytes = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1];
  if (kibibytes === undefined) throw new Error(`process ${pid} tells no PSS`);
  return (Number(kibibytes) * 1024) / 1e6;
}
