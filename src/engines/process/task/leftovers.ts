import type { Clock } from '../../../core/clock.ts';
import { pause } from '../../../core/pause.ts';
import { ContainerCgroup } from '../host/cgroups.ts';
import { isAlive, type ProcessIdentity, sendSignal } from '../host/proc.ts';
import type { SessionScan } from '../host/session-scan.ts';
import { processLimits } from '../limits.ts';
import type { TaskRecord } from './task-files.ts';

/**
 * Ends what a dead runner left of a task, and waits until it is dead: a retry must never meet it. After a reboot there
 * is nothing. Answers false if something would not die.
 */
export async function endLeftovers(
  record: TaskRecord,
  bootId: string,
  clock: Clock,
  scan: SessionScan,
): Promise<boolean> {
  if (record.bootId !== bootId) return true;
  return untilTrue(() => killOnce(record, scan), processLimits.leftoverDeathMs, clock);
}

/** Waits until a process is dead, for at most `longest` ms; whether it is. */
export function awaitDeath(process: ProcessIdentity, longest: number, clock: Clock): Promise<boolean> {
  return untilTrue(() => !isAlive(process), longest, clock);
}

/**
 * Kills all that lives of a session, and waits until it is dead: who was killed holds his files until the kernel has cleared
 * him away, and may have forked before. Answers false if something would not die.
 */
export function endSession(leader: ProcessIdentity, clock: Clock, scan: SessionScan): Promise<boolean> {
  const killMembers = async () => {
    const members = await scan.members(leader);
    for (const pid of members) sendSignal(pid, 'SIGKILL');
    return members.length === 0;
  };
  return untilTrue(killMembers, processLimits.leftoverDeathMs, clock);
}

/** Kills all that is found; true once nothing is found any more and the groups are gone. */
async function killOnce(record: TaskRecord, scan: SessionScan): Promise<boolean> {
  const cgroups = record.containers.map(({ cgroup }) => new ContainerCgroup(record.cgroups, cgroup));
  const launchers = record.containers.map(({ launcher }) => launcher).filter(({ pid }) => pid !== 0);
  const sessions = (await Promise.all(launchers.map((launcher) => scan.members(launcher)))).flat();
  const { holder } = record;
  // It is gone only after all that it takes along.
  const isHeld = holder !== undefined && isAlive(holder) && sendSignal(holder.pid, 'SIGKILL');
  for (const pid of sessions) sendSignal(pid, 'SIGKILL');
  const emptied = cgroups.map((cgroup) => cgroup.remove());
  for (const [index, cgroup] of cgroups.entries()) if (!emptied[index]) cgroup.kill();
  return !isHeld && sessions.length === 0 && emptied.every(Boolean);
}

/** Asks until the answer is true, for at most `longest` ms; whether it was. */
async function untilTrue(ask: () => boolean | Promise<boolean>, longest: number, clock: Clock): Promise<boolean> {
  for (let waited = 0; waited < longest; waited += waitAfter(waited)) {
    if (await ask()) return true;
    await pause(clock, waitAfter(waited));
  }
  return ask();
}

function waitAfter(waited: number): number {
  return waited < 20 ? 2 : 20;
}
