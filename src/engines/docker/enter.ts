import { PassThrough, Writable } from 'node:stream';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { pause } from '../../core/pause.ts';
import {
  type CommandRefused,
  type CommandRequest,
  commandRefused,
  type EnteredCommand,
  type TerminalRequest,
  type TerminalSize,
} from '../entered-command.ts';
import type { Daemon } from './daemon/daemon.ts';
import { DaemonRefusal } from './daemon/daemon-errors.ts';
import type { DaemonFacts } from './daemon/daemon-facts.ts';
import { isInContainer } from './daemon/in-container.ts';
import type { Upgraded } from './daemon/upgrade.ts';
import { dockerLimits } from './docker-limits.ts';
import { rawFrames } from './logs/frames.ts';
import type { DockerContainer } from './task/docker-container.ts';
import { ToldSize } from './told-size.ts';

const created = z.object({ Id: z.string() });
const inspected = z.object({
  Running: z.boolean(),
  ExitCode: z.int().nullish(),
  Pid: z.int().nullish(),
  ContainerID: z.string().nullish(),
});

type Inspected = z.output<typeof inspected>;

/** What commands are entered with. */
export interface EnterSurroundings {
  readonly daemon: Daemon;
  readonly product: DaemonFacts['product'] | undefined;
  readonly clock: Clock;
}

/** Starts a command in a container by the daemon's own way in: as its user, with its rights, namespaces, limits and environment. */
export async function enterContainer(
  container: DockerContainer,
  { command, terminal }: CommandRequest,
  around: EnterSurroundings,
): Promise<EnteredCommand | CommandRefused> {
  const { daemon } = around;
  try {
    const attached = { AttachStdin: true, AttachStdout: true, AttachStderr: true };
    const body = { Cmd: command, ...attached, ...terminalBody(terminal) };
    const { Id } = created.parse(await daemon.json({ method: 'POST', path: `/containers/${container.id}/exec`, body }));
    const start = {
      method: 'POST',
      path: `/exec/${Id}/start`,
      body: { Detach: false, ...startBody(terminal) },
    } as const;
    return new EnteredContainer(container.name, Id, await daemon.upgrade(start), terminal, around).command;
  } catch (error) {
    if (error instanceof DaemonRefusal) return commandRefused(error.message);
    throw error;
  }
}

/** Daemons of before API 1.42 know of no first size, and are told it once the command runs. */
function terminalBody(terminal: TerminalRequest | undefined): object {
  if (!terminal) return { Tty: false };
  return { Tty: true, Env: [`TERM=${terminal.type}`], ConsoleSize: [terminal.rows, terminal.columns] };
}

/** Podman has words of its own for the size. */
function startBody(terminal: TerminalRequest | undefined): object {
  if (!terminal) return { Tty: false };
  const { rows, columns } = terminal;
  return { Tty: true, ConsoleSize: [rows, columns], h: rows, w: columns };
}

/** A command that runs, and the connection to its streams. */
class EnteredContainer {
  readonly command: EnteredCommand;
  readonly #id: string;
  readonly #around: EnterSurroundings;
  #isKilled = false;

  constructor(
    container: string,
    id: string,
    { socket, head }: Upgraded,
    terminal: TerminalRequest | undefined,
    around: EnterSurroundings,
  ) {
    this.#id = id;
    this.#around = around;
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const stdin = new Writable({
      write: (chunk, _encoding, done) => void socket.write(chunk, done),
      // Docker takes the end of one that has a terminal for the end of all its streams.
      final: (done) => void (terminal ? socket.write(endOfInput, done) : socket.end(done)),
    });
    socket.on('error', () => {}); // it ends then, too
    stdin.on('error', () => {}); // nobody reads what comes after its end
    if (head.length > 0) socket.unshift(head);
    const copied = terminal ? copyRaw(socket, stdout, stderr) : copyFrames(socket, stdout, stderr);
    const told = new ToldSize((size) => this.#tellSize(size), around.clock);
    const ended = copied.then(() => {
      told.end();
      return this.#exitCode();
    });
    const resizing = terminal ? { resize: (size: TerminalSize) => told.want(size) } : {};
    const kill = () => void this.#kill(socket);
    this.command = { kind: 'entered', container, stdin, stdout, stderr, ended, ...resizing, kill };
    if (terminal) told.want(terminal);
  }

  /** Until the process is there it is refused. Podman takes it down, and its conmon reads no more than the first of several. */
  async #tellSize({ rows, columns }: TerminalSize): Promise<'known' | 'perhaps' | 'refused'> {
    const { daemon, product } = this.#around;
    const call = { method: 'POST', path: `/exec/${this.#id}/resize`, query: { h: rows, w: columns } } as const;
    return daemon.json(call).then(
      () => (product === 'podman' ? 'perhaps' : 'known'),
      () => 'refused',
    );
  }

  /** Its streams have ended: so has it, or will in a moment. Of one that the daemon does not tell the end of it is 137. */
  async #exitCode(): Promise<number> {
    const found = await this.#lookUntil(({ Running, ExitCode }) => !Running && typeof ExitCode === 'number');
    // Docker takes 126 for the end of one whose streams have broken off, as they do with a kill.
    if (this.#isKilled && found?.ExitCode === 126) return 137;
    return found?.ExitCode ?? 137;
  }

  /**
   * The API ends no command: its first process is killed by its number on this machine, if we may, and loses its streams. With a
   * terminal it leads a session, and the kernel hangs up on who is at that.
   */
  async #kill(socket: Upgraded['socket']): Promise<void> {
    this.#isKilled = true;
    // The connection is there before the process is.
    const found = await this.#lookUntil(({ Pid, ExitCode }) => Boolean(Pid) || typeof ExitCode === 'number');
    try {
      if (found?.Running && found.Pid && isInContainer(found.Pid, found.ContainerID ?? ''))
        process.kill(found.Pid, 'SIGKILL');
    } catch {
      // It has ended, or is another user's: it ends when it reads, or writes.
    }
    socket.destroy();
  }

  /** Undefined when the daemon does not know it any more, or it did not come to that. */
  async #lookUntil(isSo: (found: Inspected) => boolean): Promise<Inspected | undefined> {
    for (let looks = 0; looks < dockerLimits.execLooks; looks += 1) {
      const found = await this.#inspect();
      if (!found || isSo(found)) return found;
      await pause(this.#around.clock, dockerLimits.lookMs);
    }
    return undefined;
  }

  async #inspect(): Promise<Inspected | undefined> {
    const call = { method: 'GET', path: `/exec/${this.#id}/json` } as const;
    return inspected.safeParse(await this.#around.daemon.json(call).catch(() => undefined)).data;
  }
}

/** What a terminal takes for the end of what is read from it: Ctrl-D. */
const endOfInput = '\x04';

/** A terminal has one stream. */
async function copyRaw(socket: Upgraded['socket'], stdout: PassThrough, stderr: PassThrough): Promise<void> {
  await copied(socket, [stdout, stderr], (chunk) => write(socket, stdout, chunk));
}

async function copyFrames(socket: Upgraded['socket'], stdout: PassThrough, stderr: PassThrough): Promise<void> {
  const frames = rawFrames();
  await copied(socket, [stdout, stderr], async (chunk) => {
    for (const { stream, content } of frames(chunk)) {
      await write(socket, stream === 2 ? stderr : stdout, Buffer.from(content));
    }
  });
}

async function copied(
  socket: Upgraded['socket'],
  streams: readonly PassThrough[],
  take: (chunk: Buffer) => Promise<void>,
): Promise<void> {
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) await take(chunk);
  } catch {
    // Cut off: what came is all there is.
  }
  for (const stream of streams) stream.end();
}

/** The reader's pace is the command's, until one of them is gone. */
async function write(socket: Upgraded['socket'], into: PassThrough, content: Buffer): Promise<void> {
  if (into.write(content) || into.destroyed || socket.destroyed) return;
  const reasons = [
    [into, 'drain'],
    [into, 'close'],
    [socket, 'close'],
  ] as const;
  await new Promise<void>((resolve) => {
    const goOn = () => {
      for (const [source, event] of reasons) source.off(event, goOn);
      resolve();
    };
    for (const [source, event] of reasons) source.once(event, goOn);
  });
}
