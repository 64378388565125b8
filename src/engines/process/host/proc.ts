import { readlinkSync, statSync } from 'node:fs';
import { processIds } from '../../process-ids.ts';
import { errorCode } from '../errors.ts';
import { readKernelFile } from './kernel-files.ts';

/** What tells a process from a later one with the same pid: the boot and, in clock ticks since, its start. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: number;
}

interface ProcessStat {
  readonly state: string;
  readonly session: number;
  readonly cpuTicks: number;
  readonly startTime: number;
  /** As `wait` gives it; 0 as well where the kernel does not tell. */
  readonly waitStatus: number;
}

/** When `pid` started, in clock ticks since boot; undefined if there is no such process (a zombie is none). */
export function startTimeOf(pid: number): number | undefined {
  const stat = readStat(pid);
  return stat && stat.state !== 'Z' && stat.state !== 'X' ? stat.startTime : undefined;
}

/**
 * Whether a process runs another program than that at `path`, also where it does not let this user know. Not one that ends: it has no
 * program any more, a moment before it is a zombie.
 */
export function runsOtherProgram(pid: number, path: string): boolean {
  try {
    // The link leads to the file itself, whatever the process's own root is.
    const [running, program] = [statSync(`/proc/${pid}/exe`), statSync(path)];
    return running.ino !== program.ino || running.dev !== program.dev;
  } catch (error) {
    return errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ESRCH';
  }
}

/** Whether exactly that process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const startTime = startTimeOf(identity.pid);
  return startTime !== undefined && (identity.startTime === 0 || startTime === identity.startTime);
}

/** The children of a process, oldest first. */
export function childrenOf(pid: number): number[] {
  const text = readKernelFile(`/proc/${pid}/task/${pid}/children`);
  if (text !== undefined) return text.split(' ').filter(Boolean).map(Number);
  return processIds().filter((candidate) => parentOf(candidate) === pid);
}

/** A process and all that descend from it, parents first. */
export function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

/** Living processes of the session that `leader` began, itself included. */
export function sessionMembers(leader: ProcessIdentity): readonly number[] {
  return membersOfSessions([leader]).get(leader.pid) ?? [];
}

/**
 * Living processes by the pid of the leader of their session, leaders included, from one look at all processes. None of a
 * leader whose pid now belongs to another process: the kernel gives a pid to nobody else while a session bears its number.
 */
export function membersOfSessions(leaders: readonly ProcessIdentity[]): ReadonlyMap<number, readonly number[]> {
  const members = new Map(leaders.filter((leader) => !isAnother(leader)).map(({ pid }) => [pid, [] as number[]]));
  if (members.size === 0) return members;
  for (const pid of processIds()) {
    const stat = readStat(pid);
    if (stat && stat.state !== 'Z' && stat.state !== 'X') members.get(stat.session)?.push(pid);
  }
  return members;
}

function isAnother({ pid, startTime: expected }: ProcessIdentity): boolean {
  const startTime = expected === 0 ? undefined : readStat(pid)?.startTime;
  return startTime !== undefined && startTime !== expected;
}

/** CPU seconds of a process and of its children that it has waited for, and the memory that it holds, and the most it ever held. */
export function usageOf(
  pid: number,
): { readonly cpuSeconds: number; readonly heldBytes: number; readonly peakBytes: number } | undefined {
  const stat = readStat(pid);
  const status = readKernelFile(`/proc/${pid}/status`) ?? '';
  const bytes = (pattern: RegExp) => Number(pattern.exec(status)?.[1] ?? 0) * 1024;
  return (
    stat && {
      cpuSeconds: stat.cpuTicks / ticksPerSecond,
      heldBytes: bytes(/^VmRSS:\s+(\d+) kB/m),
      peakBytes: bytes(/^VmHWM:\s+(\d+) kB/m),
    }
  );
}

/**
 * With which code a process ended that nobody has waited for yet, an end by signal n as 128 + n; undefined for all others,
 * and where the kernel does not tell us.
 */
export function exitStatusOf(pid: number): number | undefined {
  const stat = readStat(pid);
  if (stat?.state !== 'Z' || !mayInspect(pid)) return undefined;
  const signal = stat.waitStatus & 0x7f;
  return signal === 0 ? stat.waitStatus >> 8 : 128 + signal;
}

/** A zombie executes no program any more: to those who may know, the kernel says that there is none. */
function mayInspect(zombie: number): boolean {
  try {
    readlinkSync(`/proc/${zombie}/exe`);
    return true;
  } catch (error) {
    return errorCode(error) === 'ENOENT';
  }
}

/** Sends a signal; false if there is no such process. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false; // ESRCH; or EPERM, which a job's own process can never give
  }
}

/** USER_HZ, which is 100 on every architecture that Node runs on. */
const ticksPerSecond = 100;

function readStat(pid: number): ProcessStat | undefined {
  const text = readKernelFile(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (field: number) => Number(fields[field - 3] ?? 0); // proc(5) counts from 1, state is 3
  return {
    state: fields[0] ?? 'X',
    session: number(6),
    cpuTicks: number(14) + number(15) + number(16) + number(17),
    startTime: number(22),
    waitStatus: number(52),
  };
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readKernelFile(`/proc/${pid}/status`) ?? '')?.[1] ?? 0);
}
