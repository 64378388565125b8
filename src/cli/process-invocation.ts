import { spawnSync } from 'node:child_process';
import { SystemClock } from '../core/clock.ts';
import { SystemRandom } from '../core/random.ts';
import type { Invocation } from './invocation.ts';
import { resolveNames } from './resolve-names.ts';

/** The invocation that this process is. */
export function processInvocation(environment: NodeJS.ProcessEnv, isServer: boolean): Invocation {
  for (const output of [process.stdout, process.stderr]) output.on('error', (error) => onOutputError(error, isServer));
  return {
    // Opened when it is first asked for: a command that reads nothing leaves it alone.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    environment,
    directory: process.cwd(),
    clock: new SystemClock(),
    random: new SystemRandom(),
    resolve: resolveNames,
    hostsFile: '/etc/hosts',
    confirm,
    openPage: async (url) => await (await import('./open-page.ts')).openPage(url, environment),
    // Node knows no such mode; a later change of Node's own undoes it.
    rawOutput: () => void spawnSync('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] }),
    onInterrupt(listener) {
      process.on('SIGINT', listener).on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener).off('SIGTERM', listener);
      };
    },
  };
}

async function confirm(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const { createInterface } = await import('node:readline');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Whoever ends the input agrees to nothing.
  const answer = await new Promise<string>((resolve) => {
    terminal.once('close', () => resolve(''));
    terminal.question(question, resolve);
  });
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** `batchyard jobs | head -1` closes our output: no error, just the end. A server goes on without a reader. */
function onOutputError(error: NodeJS.ErrnoException, isServer: boolean): void {
  if (error.code !== 'EPIPE') throw error;
  if (!isServer) process.exit(0);
}
