import type { Duplex } from 'node:stream';
import { type CommandEnd, encodeFrame, FrameDecoder } from '../../core/command-frames.ts';
import { jsonOf } from '../../core/json-of.ts';
import type { CommandOffer } from '../client/command-connection.ts';
import { connect } from '../connection.ts';
import type { ConnectionFlags } from '../connection-flags.ts';
import { CommandError, type ExitCode, type Invocation, type Output } from '../invocation.ts';
import { terminalOf, type UserTerminal } from '../terminal.ts';
import { findJobId } from '../watch/find-job.ts';
import { askAbout } from '../watch/watch-job.ts';

interface ExecFlags extends ConnectionFlags {
  readonly container?: string;
}

/**
 * `batchyard exec JOB -- COMMAND`: runs a command in a running job, and ends with its exit code. Where it reads from a terminal and
 * writes to one, the command has one too.
 */
export async function exec(
  invocation: Invocation,
  flags: ExecFlags,
  reference: string,
  words: readonly string[],
): Promise<ExitCode> {
  const client = connect(invocation, flags);
  const command = words.length === 0 ? ['/bin/sh'] : words;
  const { container } = flags;
  const terminal = terminalOf(invocation);
  try {
    const jobId = await findJobId(client, reference);
    const input = {
      ...{ jobId, command },
      ...(container === undefined ? {} : { container }),
      ...(terminal && { terminal: terminal.request }),
    };
    const offer: CommandOffer = await askAbout(client, jobId, client.extension('ExecuteCommand', input));
    const end = await converse(await client.command(offer), invocation, terminal);
    if (end === 'interrupted') return interrupted;
    if ('exitCode' in end) return end.exitCode;
    throw new CommandError(end.problem);
  } finally {
    client.close();
  }
}

/** 128 and the number of SIGINT, as shells have it. */
const interrupted = 130;

/** Carries what is read and written, each side no faster than the other takes it, until the command has ended. */
function converse(
  socket: Duplex,
  invocation: Invocation,
  terminal: UserTerminal | undefined,
): Promise<CommandEnd | 'interrupted'> {
  const { stdin, stdout, stderr } = invocation;
  return new Promise((resolve) => {
    const lost: CommandEnd = { problem: 'the connection to the server was lost, and the command with it' };
    const giveBack = terminal?.handOver((size) =>
      socket.write(encodeFrame('resize', Buffer.from(JSON.stringify(size)))),
    );
    // Of a terminal that is handed over no key does so: another process did.
    const stopListening = terminal && invocation.onInterrupt(() => end('interrupted'));
    let isOver = false;
    const end = (how: CommandEnd | 'interrupted') => {
      if (isOver) return;
      isOver = true;
      giveBack?.();
      stopListening?.();
      stdin.destroy();
      socket.destroy();
      resolve(how);
    };
    const decoder = new FrameDecoder((kind, payload) => {
      if (kind === 'stdout') show(stdout, payload, socket);
      else if (kind === 'stderr') show(stderr, payload, socket);
      else if (kind === 'end') end(readEnd(payload) ?? lost);
    });
    socket.on('data', (bytes: Buffer) => take(decoder, bytes, () => end(lost)));
    socket.on('error', () => {}); // 'close' follows
    socket.once('close', () => end(lost));
    stdin.on('data', (bytes: Buffer) => {
      if (!socket.write(encodeFrame('stdin', bytes))) stdin.pause();
    });
    socket.on('drain', () => stdin.resume());
    // A closed standard input has nothing to read, and is no reason to end.
    stdin.on('error', () => {});
    stdin.once('end', () => socket.write(encodeFrame('stdinEnd')));
  });
}

function take(decoder: FrameDecoder, bytes: Buffer, refuse: () => void): void {
  try {
    decoder.push(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    refuse();
  }
}

function show(output: Output, bytes: Buffer, socket: Duplex): void {
  if (output.write(bytes)) return;
  socket.pause();
  output.once('drain', () => socket.resume());
}

function readEnd(payload: Buffer): CommandEnd | undefined {
  const end = jsonOf(payload.toString());
  return typeof end === 'object' && end !== null ? (end as CommandEnd) : undefined;
}
