import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Everything that runs now and has `text` in its command line, its working directory or one of its open files. */
export function processesWith(text: string): readonly { readonly pid: number; readonly command: string }[] {
  return processIds().flatMap((pid) => {
    const command = read(`/proc/${pid}/cmdline`);
    const belongs = pid !== process.pid && (command.includes(text) || link(`/proc/${pid}/cwd`).includes(text));
    return belongs ? [{ pid, command: command.replaceAll('\0', ' ').trim() }] : [];
  });
}

/** Those that run in a control group whose path has that in it. */
export function processesInGroup(part: string): readonly { readonly pid: number; readonly command: string }[] {
  const members = processIds().filter((pid) => read(`/proc/${pid}/cgroup`).includes(part));
  return members.map((pid) => ({ pid, command: commandOf(pid) }));
}

/** The runners of a data directory: normally none or one. */
export function runnersOf(dataDirectory: string): readonly number[] {
  const found = processesWith(dataDirectory).filter(({ command }) => /process\/runner\.[jt]s /.test(command));
  // A process that a runner is about to start still has its command line.
  const isFork = (pid: number) => found.some((runner) => runner.pid === parentOf(pid));
  return found.map(({ pid }) => pid).filter((pid) => !isFork(pid));
}

/** The command line of a process; empty for one that is gone. */
export function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
}

/**
 * How many times longer the main thread of a process takes for everything because others hold the cores: 1 where it
 * never waits for one. From the kernel's own account of the thread's life so far.
 */
export function stretchOf(pid: number): number {
  const { running, waiting } = coreTimeOf(pid);
  return running === 0 ? 1 : (running + waiting) / running;
}

/** Nanoseconds that the main thread of a process has had a core so far, and that it has waited for one. */
export function coreTimeOf(pid: number): { readonly running: number; readonly waiting: number } {
  const [running = 0, waiting = 0] = read(`/proc/${pid}/task/${pid}/schedstat`).split(' ').map(Number);
  return { running, waiting };
}

/** What the kernel says a process does: the letter of its state, and where in the kernel it waits, if it does. */
export function sleepOf(pid: number): string {
  const state = /\) (\S) /.exec(read(`/proc/${pid}/stat`))?.[1] ?? 'gone';
  return `${state} ${read(`/proc/${pid}/wchan`)}`.trim();
}

/** Whether a process is there and not a zombie. */
export function isRunning(pid: number): boolean {
  const status = read(`/proc/${pid}/stat`);
  return status !== '' && !/\) [ZX] /.test(status);
}

/** The processes that `pid` has started itself. */
export function childrenOf(pid: number): readonly number[] {
  return processIds().filter((each) => parentOf(each) === pid);
}

/** Every process below `pid`, children first. */
export function descendantsOf(pid: number): readonly number[] {
  const parents = new Map(processIds().map((each) => [each, parentOf(each)]));
  const found: number[] = [];
  const wanted = [pid];
  for (let parent = wanted.shift(); parent !== undefined; parent = wanted.shift()) {
    const children = [...parents].filter(([, its]) => its === parent).map(([each]) => each);
    found.push(...children);
    wanted.push(...children);
  }
  return found.reverse();
}

/** Sends a signal; a process that is gone already is fine. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function parentOf(pid: number): number | undefined {
  const parent = /\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1];
  return parent === undefined ? undefined : Number(parent);
}

function processIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Empty for a process that is gone. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}

/** What limits each half of the young generation of a server, in MB, by its command line. */
export function youngGeneration(pid: number): number {
  const flag = /--max-semi-space-size=(\d+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1];
  if (flag === undefined) throw new Error(`process ${pid} has V8's own young generation`);
  return Number(flag);
}
