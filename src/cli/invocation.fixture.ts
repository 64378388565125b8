import { Readable, Writable } from 'node:stream';
import { ManualClock } from '../core/clock.ts';
import { SystemRandom } from '../core/random.ts';
import type { Invocation } from './invocation.ts';
import { runCommandLine } from './program.ts';

/** What a command line did. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line inside the test: no terminal, an empty environment, a clock that stands still, no names, nobody to ask. */
export async function runCommand(
  words: readonly string[],
  world: Partial<
    Pick<
      Invocation,
      'environment' | 'directory' | 'clock' | 'onInterrupt' | 'resolve' | 'hostsFile' | 'confirm' | 'openPage'
    >
  > = {},
): Promise<CommandResult> {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const exitCode = await runCommandLine({ ...testInvocation(stdout, stderr), ...world }, words);
  return { exitCode, stdout: stdout.text, stderr: stderr.text };
}

/** The world of a command line whose output goes there. */
export function testInvocation(stdout: Invocation['stdout'], stderr: Invocation['stderr']): Invocation {
  return {
    stdin: Readable.from([]),
    stdout,
    stderr,
    environment: {},
    directory: '/nonexistent',
    clock: new ManualClock(),
    random: new SystemRandom(),
    resolve: async () => ({}),
    hostsFile: '/nonexistent/hosts',
    confirm: async () => undefined,
    openPage: async () => false,
    rawOutput: () => {},
    onInterrupt: () => () => {},
  };
}

class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}
