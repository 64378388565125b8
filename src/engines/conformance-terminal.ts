import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TaskId } from '../core/ids.ts';
import { type SharingBench, until, waits } from './conformance-sharing.ts';
import { limit, newId } from './conformance-stage.ts';
import type { EnteredCommand } from './entered-command.ts';

const terminal = { columns: 81, rows: 25, type: 'vt100' };

/** The rules of every engine that gives commands in its containers a terminal. */
export function givesTerminals(benchOf: () => SharingBench): void {
  /** A command at a terminal in a container that waits, and what ends that. */
  async function entered(script: string): Promise<{ readonly command: EnteredCommand; end(): Promise<void> }> {
    const { engine, log, host } = benchOf();
    const taskId: TaskId = newId();
    const containers = [host.shell(taskId, `>${join(host.shared, `${taskId}.on`)}; ${waits}`)];
    await engine.start({ formatVersion: 1, taskId, label: 'test', containers, stopGrace: 10_000 });
    await host.appears(`${taskId}.on`);
    const command = await engine.enter?.(taskId, { command: ['/bin/sh', '-c', script], terminal });
    assert.ok(command?.kind === 'entered', JSON.stringify(command));
    return {
      command,
      end: async () => {
        await engine.stop(taskId, 0);
        await log.ended(taskId);
        await engine.release(taskId);
      },
    };
  }

  test('a command has a terminal of the kind and size of its user’s, whatever that becomes', limit, async () => {
    // The first one may come a moment after the command.
    const size = (words: string) => `${until(`[ "$(stty size 2>/dev/null)" = "${words}" ]`)}; stty size`;
    const script = `test -t 0 && test -t 1 && test -t 2 && echo $TERM; ${size('25 81')}; echo go; ${size('40 100')}; echo bad >&2; exit 4`;
    const { command, end } = await entered(script);
    let seen = '';
    const first = Promise.withResolvers<void>();
    command.stdout.setEncoding('utf8').on('data', (words: string) => {
      seen += words;
      if (seen.includes('go')) first.resolve();
    });
    // One that has ended has said why.
    await Promise.race([first.promise, command.ended]);
    command.resize?.({ columns: 90, rows: 30 });
    command.resize?.({ columns: 100, rows: 40 });
    assert.equal(await command.ended, 4);
    assert.equal(seen, 'vt100\r\n25 81\r\ngo\r\n40 100\r\nbad\r\n');
    assert.equal(await text(command.stderr), '');
    await end();
  });

  test('a command reads keys from its terminal, which has its own signals and its end of input', limit, async () => {
    const { command, end } = await entered('stty -echo; trap "echo interrupted" INT; echo up; cat; cat; exit 5');
    command.stdout.setEncoding('utf8');
    const shows = async (words: string) => {
      for (let seen = ''; !seen.includes(words); ) {
        await new Promise<void>((resolve) => command.stdout.once('readable', resolve));
        seen += command.stdout.read() ?? '';
      }
    };
    await shows('up\r\n');
    command.stdin.write('a\n');
    await shows('a\r\n');
    command.stdin.write('\x03');
    await shows('interrupted\r\n');
    command.stdin.end('b\n');
    const rest = text(command.stdout);
    assert.equal(await command.ended, 5);
    assert.match(await rest, /^b\r\n$/);
    await end();
  });

  test('a command whose client hangs up ends, and with it what it does at its terminal', limit, async () => {
    const { host } = benchOf();
    const lives = join(host.shared, `${newId()}.lives`);
    const { command, end } = await entered(`sh -c 'while :; do >${lives}; sleep 0.02; done'; true`);
    command.stdout.resume();
    while (!existsSync(lives)) await new Promise<void>((resolve) => setImmediate(resolve));
    assert.ok(processesWith(lives) > 0, 'they are seen');
    command.kill();
    await command.ended;
    // What was sent a signal may have a moment left.
    while (processesWith(lives) > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    await end();
  });
}

/** How many processes of this machine have that in their command lines. */
function processesWith(words: string): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandOf(name).includes(words)).length;
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return ''; // it has ended meanwhile
  }
}
