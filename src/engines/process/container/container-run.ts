import type { ChildProcess } from 'node:child_process';
import { closeSync, readSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import type { CancelTimer } from '../../../core/clock.ts';
import type { EpochMilliseconds } from '../../../core/ids.ts';
import type { ContainerOutcome } from '../../../core/job.ts';
import { pause } from '../../../core/pause.ts';
import { withoutReason } from '../../../core/without-reason.ts';
import type { ContainerUsage } from '../../task-usage.ts';
import type { Beginning, Entrance } from '../entering/entrance.ts';
import { cannotStartContainer, errorCode, errorWords, isShortage, Shortage } from '../errors.ts';
import { type CgroupUsage, ContainerCgroup } from '../host/cgroups.ts';
import { networkUsage } from '../host/network-usage.ts';
import { raiseOomScore } from '../host/oom-score.ts';
import {
  childrenOf,
  type ProcessIdentity,
  runsOtherProgram,
  sendSignal,
  sessionMembers,
  startTimeOf,
  treeOf,
} from '../host/proc.ts';
import { processLimits } from '../limits.ts';
import type { ContainerPlan } from '../plan/container-plan.ts';
import { asPossibleExports } from '../plan/environment.ts';
import { notJoined } from '../plan/scripts.ts';
import type { RunnerConfig } from '../runner/runner-config.ts';
import { endSession } from '../task/leftovers.ts';
import { makeScratch } from '../task/scratch.ts';
import type { ContainerRecord } from '../task/task-files.ts';
import { FirstProcessWatch } from './first-process.ts';
import { launch, type Pipes, type RunnerResources } from './launch-container.ts';
import { mayPass } from './launch-failures.ts';
import type { ContainerOutput } from './output.ts';
import { UsageSampler } from './usage-sampler.ts';

/** How a container ended. */
export interface ContainerEnd {
  readonly outcome: ContainerOutcome;
  /** Whether its command began; else `outcome.reason` says why not, unless it was told to end before. */
  readonly began: boolean;
  /**
   * What its launcher said, where that failed by itself before the command could begin, of something that may have passed a
   * moment later. Such a container may be launched again: nothing of its command has run.
   */
  readonly passing?: string;
  readonly notes: readonly string[];
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly at: EpochMilliseconds;
}

/** One container from one launcher to its end. */
export class ContainerRun {
  /** Resolves once everything of the container has ended and its output is written. Never rejects. */
  readonly ended: Promise<ContainerEnd>;
  readonly #plan: ContainerPlan;
  readonly #config: RunnerConfig;
  readonly #resources: RunnerResources;
  readonly #cgroup: ContainerCgroup;
  readonly #cgroupName: string;
  readonly #pipes: Pipes;
  readonly #launcher: ProcessIdentity;
  readonly #output: ContainerOutput;
  readonly #sampler: UsageSampler | undefined;
  #startedAt: EpochMilliseconds | undefined;
  #hasEnded = false;
  #goIsOpen = true;
  /** Why it never started, though its task did. */
  #skipped: string | undefined;
  #killed = false;
  /** It is to end: what is still being set up will not begin, and has not failed. */
  #toEnd = false;
  #status = '';
  /** What was wrong beside the end of the command, in words. */
  readonly #notes: string[] = [];
  #cancelRetry: CancelTimer | undefined;
  #watch: FirstProcessWatch | undefined;
  /** Of the job's first process, where its sandbox outlived it. */
  #firstExitCode: number | undefined;

  /** Makes directories, limits and pipes, and spawns the launcher, which waits for `go`. Throws `CannotStart`. */
  constructor(plan: ContainerPlan, name: string, config: RunnerConfig, resources: RunnerResources) {
    this.#plan = plan;
    this.#config = config;
    this.#resources = resources;
    this.#cgroupName = name;
    this.#cgroup = new ContainerCgroup(config.host.cgroups, name);
    makeScratch(plan.scratch, plan.identity, plan.directories, plan.mountTable, plan.files);
    this.#cgroup.create(plan.limits);
    const launched = launch(plan, config, resources, this.#cgroup);
    this.#pipes = launched.pipes;
    this.#output = launched.output;
    const pid = launched.child.pid;
    const exited = this.#onExit(launched.child);
    this.#launcher = { pid: pid ?? 0, startTime: pid === undefined ? 0 : (startTimeOf(pid) ?? 0) };
    this.ended = exited.then((exit) => this.#finish(exit).catch((error: unknown) => this.#endAnyhow(exit, error)));
    if (pid === undefined) {
      this.abandon();
      throw new Shortage('no process could be started');
    }
    this.#raiseOomScore(pid);
    const { memory, cpuacct, kill } = config.host.cgroups;
    const measured = memory !== undefined && (cpuacct ?? kill) !== undefined;
    this.#sampler = measured ? undefined : new UsageSampler(pid, resources.clock);
  }

  /** One whose score cannot be raised is not let go: it leaves, and what it had goes with it. */
  #raiseOomScore(pid: number): void {
    try {
      raiseOomScore(pid);
    } catch (error) {
      this.abandon();
      if (isShortage(error)) throw error;
      throw cannotStartContainer(
        `it could not be put in the order of the kernel's memory killer: ${errorWords(error)}`,
      );
    }
  }

  get record(): ContainerRecord {
    return {
      name: this.#plan.name,
      launcher: this.#launcher,
      cgroup: this.#cgroupName,
      scratch: this.#plan.scratch.root,
    };
  }

  /** What it uses; undefined before its command was let go, and after its end. */
  usageNow(): ContainerUsage | undefined {
    if (this.#startedAt === undefined || this.#hasEnded) return undefined;
    const { name } = this.#plan;
    const network = networkUsage(this.#cgroup.members().at(-1) ?? treeOf(this.#launcher.pid).at(-1) ?? 0);
    if (this.#sampler) return { name, ...this.#sampler.now(), ...network };
    const at = this.#resources.clock.now();
    return { name, at, ...this.#cgroup.usage(), ...this.#cgroup.held(), ...this.#cgroup.storage(), ...network };
  }

  /** How to come in beside its command; undefined before that is let go, and after its end. */
  entrance(): Entrance | Beginning | undefined {
    if (this.#startedAt === undefined || this.#hasEnded) return undefined;
    const pid = this.runs ? this.#firstProcess() : undefined;
    const startTime = pid === undefined ? undefined : startTimeOf(pid);
    if (pid === undefined || startTime === undefined) return 'beginning';
    const { name, identity, directory, ulimits, variables } = this.#plan;
    const exports = asPossibleExports(variables);
    return {
      container: name,
      first: { pid, startTime },
      cgroup: this.#cgroupName,
      identity,
      directory,
      ulimits,
      exports,
    };
  }

  /**
   * Its command has begun, and has not ended. What bubblewrap runs as the first process is at first still itself, and may fail
   * to become the command; other sandboxes do not show it.
   */
  get runs(): boolean {
    if (this.#hasEnded) return false;
    if (this.#plan.status !== 'bubblewrap') return true;
    const first = this.#firstProcess();
    const { bwrap } = this.#config.host.tools;
    if (first === undefined || (bwrap !== undefined && !runsOtherProgram(first, bwrap))) return false;
    // What has ended by now tells nothing of what it ran: its sandbox is about to.
    return startTimeOf(first) !== undefined;
  }

  /** Lets the launcher go on to the command, and gives it the environment. */
  go(at: EpochMilliseconds): void {
    // Its launcher died while it waited.
    if (this.#hasEnded) return;
    this.#startedAt = at;
    this.#write(Buffer.from(`go\n${this.#plan.payload}`));
    if (this.#plan.processes !== 'own') return;
    const sandbox = {
      init: () => this.#namespaceInit(),
      first: () => this.#firstProcess(),
      onHeld: (code: number | undefined) => this.#endHeld(code),
    };
    this.#watch = new FirstProcessWatch(sandbox, this.#resources.clock);
  }

  /** Closes the pipe without `go`: the launcher leaves and nothing has run. */
  abandon(): void {
    this.#closeGo();
  }

  /** As `abandon`, and it ends for this reason. */
  skip(reason: string): void {
    this.#skipped = reason;
    this.abandon();
  }

  /** SIGTERM to the job's own first process; tried again while the sandbox is still being set up. */
  terminate(): void {
    if (this.#hasEnded || this.#cancelRetry) return;
    this.#toEnd = true;
    const first = this.#firstProcess();
    if (first !== undefined && sendSignal(first, 'SIGTERM')) return;
    this.#cancelRetry = this.#resources.clock.after(2, () => {
      this.#cancelRetry = undefined;
      this.terminate();
    });
  }

  /** SIGKILL to everything. */
  kill(): void {
    if (this.#hasEnded) {
      this.#output.giveUp('the attempt was stopped while its last output waited for room on the disk; that is dropped');
      return;
    }
    this.#killed = true;
    this.#killRest();
    const first = childrenOf(this.#launcher.pid);
    for (const pid of [...first, this.#launcher.pid]) sendSignal(pid, 'SIGKILL');
  }

  /** Until then the namespace's first process has children that set it up, and would take no signal for the job. */
  #hasBegun(): boolean {
    this.#readStatus();
    return this.#status.includes('started');
  }

  /**
   * In a pid namespace of its own: launcher, then the namespace's first process, then the job's. In one of its task: launcher,
   * then the job's. Elsewhere it may be the launcher.
   */
  #firstProcess(): number | undefined {
    if (this.#plan.status === 'marker' && !this.#hasBegun()) return undefined;
    let pid: number | undefined = this.#launcher.pid;
    for (let below = 0; below < this.#plan.generation && pid !== undefined; below += 1) pid = childrenOf(pid)[0];
    return pid;
  }

  #namespaceInit(): number | undefined {
    return childrenOf(this.#launcher.pid)[0];
  }

  #endHeld(code: number | undefined): void {
    this.#firstExitCode = code;
    this.#notes.push(
      `the sandbox of ${this.#plan.name} did not end with its first process, since the job held it; it was ended`,
    );
    this.kill();
  }

  #onExit(child: ChildProcess): Promise<Exit> {
    return new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#hasEnded = true;
        resolve({ code, signal, at: this.#resources.clock.now() });
      });
      child.once('error', () => resolve({ code: null, signal: null, at: this.#resources.clock.now() }));
    });
  }

  async #finish(exit: Exit): Promise<ContainerEnd> {
    this.#cancelRetry?.();
    this.#watch?.stop();
    this.#sampler?.stop();
    // A launcher that is killed before its sandbox has asked for its death signal leaves that behind.
    if (this.#plan.processes !== 'own' || exit.signal !== null) await this.#sweepRest();
    await this.#drain();
    const end = this.#judge(exit);
    this.#release();
    await this.#removeCgroup();
    return end;
  }

  /** Cleaning up failed; how the command ended is known all the same. */
  #endAnyhow(exit: Exit, error: unknown): ContainerEnd {
    const outcome = { name: this.#plan.name, stoppedAt: exit.at, exitCode: exitCodeOf(exit) };
    return { began: true, notes: [`after the end of ${this.#plan.name}: ${errorWords(error)}`], outcome };
  }

  #killRest(): void {
    this.#cgroup.kill();
    if (!this.#isHeldBySession()) return;
    for (const pid of sessionMembers(this.#launcher)) sendSignal(pid, 'SIGKILL');
  }

  async #sweepRest(): Promise<void> {
    this.#cgroup.kill();
    const { clock, sessions } = this.#resources;
    if (!this.#isHeldBySession() || (await endSession(this.#launcher, clock, sessions))) return;
    this.#notes.push(`processes of ${this.#plan.name} are killed and do not die`);
  }

  /** Whether nothing but its session tells which processes are the container's. */
  #isHeldBySession(): boolean {
    const { kill, freezer } = this.#config.host.cgroups;
    return this.#launcher.pid !== 0 && kill === undefined && freezer === undefined;
  }

  async #drain(): Promise<void> {
    this.#output.drain();
    let cancel: CancelTimer | undefined;
    const tooLong = new Promise<void>((resolve) => {
      cancel = this.#resources.clock.after(processLimits.drainMs, resolve);
    });
    await Promise.race([this.#output.ended, tooLong]);
    cancel?.();
    await this.#output.close();
  }

  #judge(exit: Exit): ContainerEnd {
    this.#readStatus();
    const reported = /"exit-code": *(\d+)/.exec(this.#status)?.[1];
    const ofSandbox = reported === undefined ? exitCodeOf(exit) : Number(reported);
    const exitCode = this.#firstExitCode ?? ofSandbox;
    const outOfMemory = exitCode !== 0 && this.#cgroup.outOfMemoryKills() > 0;
    const began = this.#began(reported !== undefined) || outOfMemory || this.#killed || exit.signal !== null;
    const notes = [...(this.#output.problem === undefined ? [] : [this.#output.problem]), ...this.#notes];
    if (!began || this.#skipped !== undefined) {
      return { began: false, notes, ...this.#passing(), outcome: this.#neverBegan(exit) };
    }
    const signal = exit.signal ?? this.#signalOf(exitCode);
    return {
      began,
      notes,
      outcome: {
        name: this.#plan.name,
        ...(this.#startedAt === undefined ? {} : { startedAt: this.#startedAt }),
        stoppedAt: exit.at,
        exitCode,
        ...(signal === undefined ? {} : { signal }),
        ...this.#reason(outOfMemory),
        ...this.#usage(),
      },
    };
  }

  #reason(outOfMemory: boolean): Pick<ContainerOutcome, 'reason'> {
    if (outOfMemory) return { reason: 'OutOfMemoryError: Container killed due to memory usage' };
    const { ungranted } = this.#plan;
    return ungranted.length === 0 ? {} : { reason: withoutReason(ungranted) };
  }

  #neverBegan({ at: stoppedAt }: Exit): ContainerOutcome {
    const { name } = this.#plan;
    if (this.#skipped !== undefined) return { name, stoppedAt, reason: this.#skipped };
    if (this.#toEnd) return { name, stoppedAt };
    const words = this.#launcherWords() || 'the sandbox could not be set up';
    return { name, stoppedAt, reason: cannotStartContainer(words).message };
  }

  #passing(): Pick<ContainerEnd, 'passing'> {
    const words = this.#launcherWords();
    const hasFailed = this.#startedAt !== undefined && this.#skipped === undefined && !this.#toEnd;
    return hasFailed && mayPass(words) ? { passing: words } : {};
  }

  #began(reported: boolean): boolean {
    if (this.#status.includes(notJoined)) return false;
    if (this.#plan.status === 'bubblewrap') return reported;
    return this.#plan.status === 'none' || this.#status.includes('started');
  }

  /** A sandbox reports the end by signal n as 128 + n, as a shell does. Without one the kernel says which it was. */
  #signalOf(exitCode: number): string | undefined {
    return this.#plan.status === 'none' ? undefined : signalNames.get(exitCode - 128);
  }

  /** The last line of the few that a launcher writes, without the name of its program; empty if there is none. */
  #launcherWords(): string {
    const last = this.#output.tail.trim().split('\n').at(-1) ?? '';
    return last.replace(/^bwrap: /, '');
  }

  #usage(): CgroupUsage {
    return this.#sampler ? this.#sampler.usage() : this.#cgroup.usage();
  }

  #readStatus(): void {
    const buffer = Buffer.alloc(1024);
    try {
      for (let count = 1; count > 0; ) {
        count = readSync(this.#pipes.statusRead, buffer);
        this.#status += buffer.toString('latin1', 0, count);
      }
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error;
    }
  }

  #closeGo(): void {
    if (!this.#goIsOpen) return;
    this.#goIsOpen = false;
    closeSync(this.#pipes.goWrite);
  }

  #release(): void {
    this.#closeGo();
    closeSync(this.#pipes.statusRead);
    for (const fifo of [this.#pipes.output, this.#pipes.go, this.#pipes.status]) this.#resources.fifos.discard(fifo);
  }

  /** The kernel takes a moment to clear a group whose processes were killed; the end waits, so that no retry meets them. */
  async #removeCgroup(): Promise<void> {
    for (let waited = 0; waited < processLimits.leftoverDeathMs && !this.#cgroup.remove(); waited += 2) {
      // What no namespace ends may have forked while it was killed.
      if (waited === 100 || this.#plan.processes !== 'own') this.#cgroup.kill();
      await pause(this.#resources.clock, 2);
    }
  }

  /** An environment larger than the pipe goes in pieces, as the launcher reads them. Nobody reads once it has died. */
  #write(bytes: Buffer): void {
    // Its end has come between two pieces.
    if (!this.#goIsOpen) return;
    let rest = bytes;
    while (rest.length > 0) {
      const count = tryWrite(this.#pipes.goWrite, rest);
      if (count === undefined) rest = rest.subarray(rest.length);
      if (!count) break;
      rest = rest.subarray(count);
    }
    if (rest.length === 0 || this.#hasEnded) this.#closeGo();
    else this.#resources.clock.after(1, () => this.#write(rest));
  }
}

/** How many bytes were written; undefined if there is nobody to read them. */
function tryWrite(descriptor: number, bytes: Buffer): number | undefined {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    if (errorCode(error) === 'EAGAIN') return 0;
    if (errorCode(error) === 'EPIPE') return undefined;
    throw error;
  }
}

function exitCodeOf(exit: Exit): number {
  if (exit.signal === null) return exit.code ?? 255;
  return 128 + (constants.signals[exit.signal] ?? 0);
}

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));
