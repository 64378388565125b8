import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { TerminateJobCommand } from '@aws-sdk/client-batch';
import { registerShell, submit } from '../../support/jobs.ts';
import { processesWith } from '../../support/processes.ts';
import { waitForEnd, waitForStatus } from '../../support/wait.ts';
import { batchyard } from '../command.ts';
import { openYard } from '../yard.ts';
import { Person, personSkip } from './person.ts';

const isRoot = process.getuid?.() === 0;
const skip = isRoot ? (personSkip().skip ?? false) : 'only a server that is root enters sandboxes';
const limit = { skip, timeout: 240_000 };
const { batch, server } = await openYard(['--host-vcpus', '4']);
const sleeper = await registerShell(batch, { name: 'sleeper', script: 'exec sleep 1000' });

function execLine(jobId: string, command = ''): string {
  const { port } = new URL(server.url);
  return `${batchyard} exec --port ${port} --data ${server.dataDirectory} '${jobId}' ${command}`;
}

async function running(): Promise<string> {
  const jobId = await submit(batch, sleeper);
  await waitForStatus(batch, jobId, 'RUNNING');
  return jobId;
}

async function end(jobId: string): Promise<void> {
  await batch.send(new TerminateJobCommand({ jobId, reason: 'test' }));
  await waitForEnd(batch, jobId);
}

test('exec at a terminal gives the command one of the same size and kind', limit, async () => {
  const jobId = await running();
  const person = new Person(execLine(jobId));
  await person.sees(/\$ $/);
  person.types('test -t 0 && test -t 1 && test -t 2 && echo "yes $TERM $(stty size)" </dev/tty\r');
  await person.sees(/yes xterm-256color 30 90\r\n\$ $/);
  // A shell there has job control: what it starts is in a group of its own, and the keys of the terminal reach that.
  person.types(`sh -c 'trap "exit 9" INT; echo o""n; while :; do sleep 0.05; done'; echo "then $?"\r`);
  await person.sees(/\non\r\n/);
  person.types('\x03');
  await person.sees(/then 9\r\n\$ $/);
  person.types('exit 7\r');
  assert.equal(await person.ended, 7, person.seen);
  await end(jobId);
});

test('a terminal that changes its size changes that of the command', limit, async () => {
  const jobId = await running();
  const script = 'trap "stty size" WINCH; echo on; until [ "$(stty size)" = "50 120" ]; do sleep 0.05; done; exit 3';
  const person = new Person(`tty; ${execLine(jobId, `-- sh -c '${script}'`)}`);
  const [, terminal = ''] = await person.sees(/(\/dev\/pts\/\d+)\r\n/);
  await person.sees(/on\r\n/);
  spawn('stty', ['-F', terminal, 'rows', '50', 'cols', '120']);
  await person.sees(/50 120\r\n/);
  assert.equal(await person.ended, 3);
  await end(jobId);
});

test('the terminal is what it was after the command, however that ends', limit, async () => {
  const jobId = await running();
  const around = (line: string) =>
    `before=$(stty -g); ${line}; echo "code $?"; [ "$before" = "$(stty -g)" ] && echo same`;
  const own = new Person(around(execLine(jobId, '-- sh -c "exit 5"')));
  await own.sees(/code 5\r\nsame\r\n/);
  const refused = new Person(around(execLine('none', '-- true')));
  await refused.sees(/code 1\r\nsame\r\n/);
  // The client alone, in the midst of what it shows.
  const told = new Person(around(execLine(jobId, '-- sh -c "echo on; sleep 1000"')));
  await told.sees(/on\r\n/);
  for (const { pid } of processesWith(jobId).filter(({ command }) => /^\S*node .*exec --port/.test(command)))
    process.kill(pid, 'SIGTERM');
  await told.sees(/code 130\r\nsame\r\n/);
  const lost = new Person(around(execLine(jobId, '-- sh -c "echo on; sleep 1000"')));
  await lost.sees(/on\r\n/);
  await end(jobId);
  await lost.sees(/code \d+\r\nsame\r\n/);
  await Promise.all([own.ended, refused.ended, told.ended, lost.ended]);
});

test('without a terminal on both sides the command has pipes', limit, async () => {
  const jobId = await running();
  const person = new Person(`${execLine(jobId, '-- sh -c "test -t 0 || test -t 1 || echo neither"')} | cat`);
  await person.sees(/neither\r?\n/);
  await person.ended;
  await end(jobId);
});
