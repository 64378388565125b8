import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../core/clock.ts';
import {
  type CommandRefused,
  type CommandRequest,
  commandRefused,
  type EnteredCommand,
  type TerminalRequest,
} from '../../entered-command.ts';
import { errorWords } from '../errors.ts';
import { ContainerCgroup } from '../host/cgroups.ts';
import { type HostAbilities, type HostTools, hasPidNamespace } from '../host/host-abilities.ts';
import { closeInherited } from '../host/inherited-descriptors.ts';
import { raiseOomScore } from '../host/oom-score.ts';
import { sendSignal, sessionMembers, startTimeOf, treeOf } from '../host/proc.ts';
import { processLimits } from '../limits.ts';
import { joinGroups } from '../plan/scripts.ts';
import type { Entrance } from './entrance.ts';
import { JobNamespaces } from './job-namespaces.ts';
import { noTerminal, onTerminal, TerminalResizer, terminalExport } from './terminal.ts';
import { noWay, wayIn } from './words.ts';

/** What a command is started with. */
export interface EnterOptions {
  readonly host: HostAbilities;
  readonly clock: Clock;
}

/** Starts a command in a container. What it can do is what the container's own first process can. */
export function enterContainer(
  entrance: Entrance,
  { command, terminal }: CommandRequest,
  { host, clock }: EnterOptions,
): EnteredCommand | CommandRefused {
  const { tools, sandbox } = host;
  const isRoot = process.getuid?.() === 0;
  const refusal = noWay(tools, sandbox, isRoot) ?? (terminal && noTerminal(tools));
  if (refusal !== undefined) return commandRefused(refusal);
  const namespaces = hasPidNamespace(sandbox) ? JobNamespaces.of(entrance.first) : undefined;
  if (hasPidNamespace(sandbox) && !namespaces) return commandRefused(`container ${entrance.container} has ended`);
  const way = wayIn({ tools, sandbox, entrance, namespaces, hasTerminal: terminal !== undefined }, command);
  try {
    const child = launch(way, terminal, entrance, host);
    child.once('close', () => namespaces?.close());
    child.on('error', () => {}); // no process could be started, which `entered` says
    if (!terminal) return entered(child, entrance, clock);
    const { exports, ...rest } = entrance;
    return withTerminal(child, entered(child, { ...rest, exports: exports + terminalExport(terminal) }, clock), tools);
  } catch (error) {
    namespaces?.close();
    return commandRefused(`container ${entrance.container} could not be entered: ${errorWords(error)}`);
  }
}

/** As launchers of containers begin: in the container's groups, with nothing in its environment. */
function launch(
  way: readonly string[],
  terminal: TerminalRequest | undefined,
  { cgroup }: Entrance,
  host: HostAbilities,
): ChildProcess {
  closeInherited();
  const groups = new ContainerCgroup(host.cgroups, cgroup).openForJoining();
  try {
    // What has no terminal has nothing to say of one.
    const script = `${joinGroups(groups.length)}${terminal ? '' : 'exec 4>&-\n'}exec "$@"`;
    const words = terminal ? onTerminal(way, terminal, host.tools) : way;
    return spawn(host.tools.sh, ['-c', script, 'batchyard-enter', ...words], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', terminal ? 'pipe' : 'ignore', ...groups],
      env: {},
      cwd: '/',
      detached: true,
    });
  } finally {
    for (const descriptor of groups) closeSync(descriptor);
  }
}

function withTerminal(child: ChildProcess, command: EnteredCommand, tools: HostTools): EnteredCommand {
  const resizer = new TerminalResizer(child.stdio[4] as Readable, tools);
  child.once('close', () => resizer.close());
  return { ...command, resize: (size) => resizer.resize(size) };
}

function entered(child: ChildProcess, { container, exports }: Entrance, clock: Clock): EnteredCommand {
  const { pid, stdin, stdout, stderr } = child;
  const environment = child.stdio[3] as Writable | null | undefined;
  if (pid === undefined || !stdin || !stdout || !stderr || !environment) throw new Error('no process could be started');
  const ended = endOf(child, [stdout, stderr], clock);
  raiseOomScore(pid);
  const launcher = { pid, startTime: startTimeOf(pid) ?? 0 };
  // Nobody reads what comes after its end, which says all.
  for (const stream of [stdin, environment]) stream.on('error', () => {});
  environment.end(exports);
  const kill = () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // All of them are found first: who has lost his parent is found by nobody.
    for (const each of new Set([...treeOf(pid), ...sessionMembers(launcher)])) sendSignal(each, 'SIGKILL');
  };
  return { kind: 'entered', container, stdin, stdout, stderr, ended, kill };
}

/** What it leaves running may hold its streams for ever: they are read for a moment, then dropped. */
function endOf(child: ChildProcess, streams: readonly Readable[], clock: Clock): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(126));
    child.once('exit', (code, signal) => {
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      const cancel = clock.after(processLimits.drainMs, () => {
        for (const stream of streams) stream.destroy();
      });
      child.once('close', () => {
        cancel();
        resolve(exitCode);
      });
    });
  });
}
