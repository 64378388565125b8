import { PassThrough, Writable } from 'node:stream';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { type CommandRefused, type CommandRequest, commandRefused, type EnteredCommand } from '../entered-command.ts';
import type { Daemon, Upgraded } from './daemon/daemon.ts';
import { DaemonRefusal } from './daemon/daemon-errors.ts';
import { isInContainer } from './daemon/in-container.ts';
import { dockerLimits } from './docker-limits.ts';
import { rawFrames } from './logs/frames.ts';
import type { DockerContainer } from './task/docker-container.ts';

const created = z.object({ Id: z.string() });
const inspected = z.object({
  ...{ Running: z.boolean(), ExitCode: z.int().nullish(), Pid: z.int().nullish() },
  ContainerID: z.string().nullish(),
});

type Inspected = z.output<typeof inspected>;

/** Starts a command in a container by the daemon's own way in: as its user, with its rights, namespaces, limits and environment. */
export async function enterContainer(
  container: DockerContainer,
  { command, terminal }: CommandRequest,
  daemon: Daemon,
  clock: Clock,
): Promise<EnteredCommand | CommandRefused> {
  // Whoever sits at one would type blindly: their keys come as they are, and nothing shows them.
  if (terminal) return commandRefused('engine docker gives commands no terminal: read or write by a pipe (| cat)');
  try {
    const body = { Cmd: command, AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: false };
    const { Id } = created.parse(await daemon.json({ method: 'POST', path: `/containers/${container.id}/exec`, body }));
    const start = { method: 'POST', path: `/exec/${Id}/start`, body: { Detach: false, Tty: false } } as const;
    return new EnteredContainer(container.name, Id, await daemon.upgrade(start), daemon, clock).command;
  } catch (error) {
    if (error instanceof DaemonRefusal) return commandRefused(error.message);
    throw error;
  }
}

/** A command that runs, and the connection to its streams. */
class EnteredContainer {
  readonly command: EnteredCommand;
  readonly #id: string;
  readonly #daemon: Daemon;
  readonly #clock: Clock;

  constructor(container: string, id: string, { socket, head }: Upgraded, daemon: Daemon, clock: Clock) {
    this.#id = id;
    this.#daemon = daemon;
    this.#clock = clock;
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const stdin = new Writable({
      write: (chunk, _encoding, done) => void socket.write(chunk, done),
      final: (done) => void socket.end(done),
    });
    socket.on('error', () => {}); // it ends then, too
    stdin.on('error', () => {}); // nobody reads what comes after its end
    if (head.length > 0) socket.unshift(head);
    const copied = copyFrames(socket, stdout, stderr);
    const ended = copied.then(() => this.#exitCode());
    this.command = { kind: 'entered', container, stdin, stdout, stderr, ended, kill: () => void this.#kill(socket) };
  }

  /** Its streams have ended: so has it, or will in a moment. Of one that the daemon does not tell the end of it is 137. */
  async #exitCode(): Promise<number> {
    const found = await this.#lookUntil(({ Running, ExitCode }) => !Running && typeof ExitCode === 'number');
    return found?.ExitCode ?? 137;
  }

  /** The API ends no command: its first process is killed by its number on this machine, if we may, and loses its streams. */
  async #kill(socket: Upgraded['socket']): Promise<void> {
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
      await new Promise<void>((resolve) => this.#clock.after(dockerLimits.lookMs, resolve));
    }
    return undefined;
  }

  async #inspect(): Promise<Inspected | undefined> {
    const answer = await this.#daemon.json({ method: 'GET', path: `/exec/${this.#id}/json` }).catch(() => undefined);
    return inspected.safeParse(answer).data;
  }
}

async function copyFrames(socket: Upgraded['socket'], stdout: PassThrough, stderr: PassThrough): Promise<void> {
  const frames = rawFrames();
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      for (const { stream, content } of frames(chunk)) {
        const into = stream === 2 ? stderr : stdout;
        // The reader's pace is the command's.
        if (!into.write(Buffer.from(content))) await new Promise<void>((resolve) => into.once('drain', resolve));
      }
    }
  } catch {
    // Cut off: what came is all there is.
  }
  stdout.end();
  stderr.end();
}
