import { resolve } from 'node:path';
import { quotePosix } from '../../core/quote-posix.ts';
import type { CompiledOptions } from '../../main/compiled-options.ts';
import { optionNames } from '../../main/options-table.ts';
import type { RunningServer } from '../../main/server.ts';
import { type ExitCode, type Invocation, pause } from '../invocation.ts';
import { resolveOptions, spellFlags } from '../option-flags.ts';
import { Printer } from '../output/printer.ts';
import { packageVersion } from '../package-version.ts';

/** How long the first Ctrl-C waits for a second one that ends the running jobs too. */
const secondThoughts = 2_000;

interface StartFlags {
  readonly port?: string;
  readonly config?: string;
}

/** `batchyard start`: runs the server until SIGTERM, Ctrl-C or a failure that it cannot survive. */
export async function start(invocation: Invocation, flags: StartFlags): Promise<ExitCode> {
  const options = resolveOptions(invocation, flags, optionNames);
  const [{ startServer }, { createLogger }] = await Promise.all([
    import('../../main/server.ts'),
    import('../../main/server-logger.ts'),
  ]);
  const { clock, random } = invocation;
  const end = Promise.withResolvers<Ending>();
  const stopListening = listenForEnd(invocation, end.resolve);
  try {
    const server = await startServer(options, {
      version: packageVersion(),
      logger: createLogger(options.log, invocation.stderr),
      clock,
      random,
      onFatal: (error) => end.resolve({ kind: 'fatal', error }),
    });
    announce(invocation, options, server);
    const again = againWords(invocation, flags, server);
    return await finish(invocation, { options, server, again }, await end.promise);
  } finally {
    stopListening();
  }
}

type Ending =
  | { readonly kind: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM'; readonly second: AbortSignal }
  | { readonly kind: 'fatal'; readonly error: unknown };

/** The first signal ends the server; a second one aborts `second`. */
function listenForEnd(invocation: Invocation, end: (ending: Ending) => void): () => void {
  const second = new AbortController();
  let signalled = false;
  return invocation.onInterrupt((signal) => {
    if (signalled) second.abort();
    signalled = true;
    end({ kind: 'signal', signal, second: second.signal });
  });
}

interface Started {
  readonly options: CompiledOptions;
  readonly server: RunningServer;
  /** The command that starts this server again. */
  readonly again: string;
}

async function finish(invocation: Invocation, { options, server, again }: Started, ending: Ending): Promise<ExitCode> {
  const printer = new Printer(invocation);
  if (ending.kind === 'fatal') {
    printer.note(`batchyard: the server cannot go on: ${wordsOf(ending.error)}`);
    await server.close();
    return 1;
  }
  const stopJobs = await wantsJobsStopped(invocation, options, server, ending);
  const left = await server.close({ stopJobs });
  printer.note(left === 0 ? 'Stopped.' : `Stopped. ${jobs(left)} on, and the next server takes over: ${again}`);
  return 0;
}

async function wantsJobsStopped(
  invocation: Invocation,
  options: CompiledOptions,
  server: RunningServer,
  { signal, second }: Extract<Ending, { kind: 'signal' }>,
): Promise<boolean> {
  const running = server.runningJobs();
  // What runs for an ephemeral server has nobody to come back to.
  if (options.stopJobs || options.data.ephemeral || running === 0) return options.stopJobs || options.data.ephemeral;
  if (signal === 'SIGTERM') return false;
  const printer = new Printer(invocation);
  printer.note(
    `${jobs(running)} on without the server. Press Ctrl-C again to end ${running === 1 ? 'it' : 'them'} too.`,
  );
  await pause(invocation.clock, secondThoughts, second);
  return second.aborted;
}

function jobs(count: number): string {
  return count === 1 ? '1 job goes' : `${count} jobs go`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function announce(invocation: Invocation, options: CompiledOptions, server: RunningServer): void {
  const printer = new Printer(invocation);
  const command = commandName(invocation);
  const { engine } = server;
  const words = engine.unavailable ?? ('isolation' in engine ? engine.isolation : '');
  const kept = options.data.ephemeral ? ' (ephemeral: goes with the server)' : '';
  const lines = [
    printer.style('bold', `Batchyard ${packageVersion()} is ready at ${server.url}`),
    '',
    `  data       ${server.dataDirectory}${kept}`,
    `  engine     ${engine.kind} (${words})`,
    `  account    ${options.account} in ${options.region}`,
    '',
    'Point the aws CLI or any SDK at it:',
    `  eval "$(${command} env${locationFlags(invocation, server)})"`,
    'Then run a first job:',
    `  ${command} submit ${firstImage(options, server)}--follow -- echo hello`,
    '',
  ];
  for (const line of lines) printer.line(line);
  if (options.auth === 'none') {
    printer.note(
      printer.noteStyle(['bold', 'red'], 'WARNING: --auth none: everybody who reaches the port is root here.'),
    );
  }
}

/** Where processes never get the files of this machine, a command needs an image. */
function firstImage({ engine }: CompiledOptions, server: RunningServer): string {
  return server.engine.kind === 'process' && engine.unmapped === 'refuse' ? '--image busybox ' : '';
}

/** As users call it here. */
function commandName({ environment }: Invocation): string {
  return environment.npm_lifecycle_event === undefined ? 'batchyard' : 'bin/batchyard';
}

/** With the port that was bound: whoever knows this server by it finds the next one. */
function againWords(invocation: Invocation, flags: StartFlags, server: RunningServer): string {
  const bound = new URL(server.url).port;
  const now = 'port' in flags ? { port: bound } : {};
  return `${commandName(invocation)} start${spellFlags(flags, optionNames, invocation.directory, now)}`;
}

/** What `batchyard env` must be told to find this server: its data directory, where everything else is recorded. */
function locationFlags(invocation: Invocation, server: RunningServer): string {
  const { dataDirectory } = server;
  const usual = resolve(invocation.directory, '.batchyard') === dataDirectory;
  const found = resolveOptions(invocation, {}, []).data.directory === dataDirectory;
  return usual && found ? '' : ` --data ${quotePosix(dataDirectory)}`;
}
