import assert from 'node:assert/strict';
import { existsSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { TaskId } from '../core/ids.ts';
import { type EndedEvent, type EventLog, limit, newId } from './conformance-stage.ts';
import type { ContainerSpec, Engine, TaskSpec } from './contract.ts';

/** An engine whose containers run shells, and have a directory of the host in common under its own path. */
export interface SharingBench {
  readonly engine: Engine;
  readonly log: EventLog;
  readonly host: {
    readonly shared: string;
    shell(taskId: TaskId, script: string, parts?: Partial<ContainerSpec>): ContainerSpec;
    /** Resolves when a file of the shared directory exists. */
    appears(name: string): Promise<void>;
  };
}

/** What containers share, as a task says it. */
export type Modes = Pick<TaskSpec, 'ipc' | 'pid'>;

/** Shell words that wait until something is so. */
export const until = (what: string): string => `until ${what}; do sleep 0.02; done`;

/** Begins a script of who ends the task by ending another, and is to come to its own end: the task's end finds it alive or not. */
export const heedsNoEnd = "trap '' TERM; ";

/** A script of who only waits, and heeds SIGTERM be it a first process or not. */
export const waits = "trap 'exit 143' TERM; sleep 1000 & wait";

/** The script of one who waits beside another, and the other's, which begins once the first can heed a signal. */
function beside(file: string, other: string): [other: string, waiting: string] {
  return [`${until(`[ -e ${file} ]`)}; ${other}`, waits.replace('TERM;', `TERM; >${file};`)];
}

/** A task of two containers, `a` and `b`, of which `b` is a side-car, each with its script. */
export function pair(
  { host }: SharingBench,
  modes: Modes,
  a: string,
  b: string,
  parts: Partial<ContainerSpec> = {},
): TaskSpec {
  const taskId = newId();
  const shell = (name: string, script: string) => host.shell(taskId, script, { ...parts, name });
  const containers = [shell('a', a), { ...shell('b', b), essential: false }];
  return { formatVersion: 1, taskId, label: 'test', containers, stopGrace: 60_000, ...modes };
}

/** Runs it to its end. */
export async function runPair(
  bench: SharingBench,
  ...given: Parameters<typeof pair> extends [unknown, ...infer Rest] ? Rest : never
): Promise<EndedEvent> {
  const task = pair(bench, ...given);
  const result = await bench.engine.start(task);
  assert.equal(result, 'accepted', JSON.stringify(result));
  return bench.log.ended(task.taskId);
}

/** How each of its containers has ended. */
export function codesOf(end: EndedEvent): (number | string | undefined)[] {
  return end.containers.map(({ exitCode, reason }) => exitCode ?? reason);
}

/** The rules of every engine whose containers may share ipc and processes with their task, and with the host. */
export function sharesNamespaces(benchOf: () => SharingBench): void {
  const shared = (name: string) => join(benchOf().host.shared, name);
  seeEachOther(benchOf, shared);
  endTogether(benchOf, shared);

  test('with ipc task have it in common, and without it have not', limit, async () => {
    for (const ipc of ['task', undefined] as const) {
      const id = newId();
      const namespace = (name: string) => `readlink /proc/self/ns/ipc >${shared(`${id}.${name}`)}`;
      const a = `${namespace('a')}; echo hello >/dev/shm/${id}; >${shared(`${id}.written`)}; ${until(`[ -e ${shared(`${id}.read`)} ]`)}`;
      const b = `${namespace('b')}; ${until(`[ -e ${shared(`${id}.written`)} ]`)}; cat /dev/shm/${id} >${shared(`${id}.shm`)}; >${shared(`${id}.read`)}; ${waits}`;
      const end = await runPair(benchOf(), ipc ? { ipc } : {}, a, b);
      assert.equal(codesOf(end)[0], 0, JSON.stringify(end));
      const [ofA = '', ofB, memory] = ['a', 'b', 'shm'].map((name) => readFileSync(shared(`${id}.${name}`), 'utf8'));
      assert.deepEqual([ofA === ofB, memory], ipc ? [true, 'hello\n'] : [false, '']);
      assert.notEqual(ofA.trim(), readlinkSync('/proc/self/ns/ipc'));
    }
  });
}

function seeEachOther(benchOf: () => SharingBench, shared: (name: string) => string): void {
  test('with pid task see each other, and one ends the other', limit, async () => {
    const id = newId();
    const a = `echo $$ >${shared(`${id}.a`)}; exec sleep 1000`;
    const b = `${heedsNoEnd}${until(`[ -s ${shared(`${id}.a`)} ]`)}; read -r pid <${shared(`${id}.a`)}
      tr '\\0' ' ' </proc/$pid/cmdline >${shared(`${id}.seen`)}; kill -TERM $pid`;
    const end = await runPair(benchOf(), { pid: 'task' }, a, b);
    assert.deepEqual(codesOf(end), [143, 0], JSON.stringify(end));
    assert.match(readFileSync(shared(`${id}.seen`), 'utf8'), /^(sleep 1000|\/bin\/sh)/);
  });

  test('without it see only their own', limit, async () => {
    const id = newId();
    const count = 'set -- /proc/[0-9]*; echo $#';
    const a = `${until(`[ -e ${shared(`${id}.b`)} ]`)}; ${count} >${shared(`${id}.n`)}`;
    const end = await runPair(benchOf(), {}, a, `>${shared(`${id}.b`)}; ${waits}`);
    assert.equal(codesOf(end)[0], 0);
    assert.ok(Number(readFileSync(shared(`${id}.n`), 'utf8')) <= 2, 'its first process, and at most the sandbox’s');
  });

  test('may share both, and a command beside them is where they are', limit, async () => {
    const bench = benchOf();
    const id = newId();
    const on = (name: string) => `>${shared(`${id}.${name}`)}; while :; do sleep 1; done; # ${name}-runs`;
    const task = pair(bench, { ipc: 'task', pid: 'task' }, on('a'), on('b'));
    await bench.engine.start(task);
    await Promise.all(['a', 'b'].map((name) => bench.host.appears(`${id}.${name}`)));
    const script = 'cat /proc/[0-9]*/cmdline | tr "\\0" " "; readlink /proc/self/ns/ipc';
    const entered = await bench.engine.enter?.(task.taskId, { command: ['/bin/sh', '-c', script] });
    if (entered?.kind === 'entered') {
      entered.stdin.end();
      assert.match(await text(entered.stdout), /a-runs.*b-runs|b-runs.*a-runs/s);
    } else assert.ok(process.getuid?.() !== 0, entered?.reason ?? 'it takes no commands'); // only root enters sandboxes
    const [usage] = await bench.engine.usage([task.taskId]);
    assert.equal(typeof usage === 'object' && usage.containers.length, 2);
    await bench.engine.stop(task.taskId, 0);
    await bench.log.ended(task.taskId);
  });
}

function endTogether(benchOf: () => SharingBench, shared: (name: string) => string): void {
  test('with pid task have a first process that takes in orphans, and ends for no job', limit, async () => {
    const id = newId();
    const orphan = shared(`${id}.orphan`);
    // Until the first process takes it in it is a zombie, and has its directory yet.
    const a = `( ( sh -c 'echo $$ >${orphan}' & ) ); ${until(`[ -s ${orphan} ]`)}; read -r pid <${orphan}; ${until('[ ! -e /proc/$pid ]')}
      kill -KILL 1; kill -STOP 1; grep State /proc/1/status >${shared(`${id}.state`)}; exit 5`;
    const end = await runPair(benchOf(), { pid: 'task' }, ...beside(shared(`${id}.waits`), a));
    assert.deepEqual(codesOf(end), [5, 143], JSON.stringify(end));
    assert.match(readFileSync(shared(`${id}.state`), 'utf8'), /\tS /);
  });

  test('with pid task leave nothing behind, whoever has left his session', limit, async () => {
    const bench = benchOf();
    const id = newId();
    const lives = shared(`${id}.lives`);
    const a = `setsid sh -c 'while :; do >${lives}; sleep 0.02; done' & ${until(`[ -e ${lives} ]`)}`;
    const end = await runPair(bench, { pid: 'task' }, ...beside(shared(`${id}.waits`), a));
    assert.deepEqual(codesOf(end), [0, 143], JSON.stringify(end));
    rmSync(lives);
    // Who still lives would have written it by the end of this.
    assert.equal(codesOf(await runPair(bench, {}, 'sleep 0.2', waits))[0], 0);
    assert.ok(!existsSync(lives), 'somebody still writes it');
  });

  test('with pid task end when they are stopped, each by its own signal', limit, async () => {
    const bench = benchOf();
    const id = newId();
    const script = (name: string) => `trap 'exit 7' TERM; >${shared(`${id}.${name}`)}; while :; do sleep 0.02; done`;
    const task = pair(bench, { pid: 'task' }, script('a'), script('b'));
    await bench.engine.start(task);
    await Promise.all([bench.host.appears(`${id}.a`), bench.host.appears(`${id}.b`)]);
    await bench.engine.stop(task.taskId, 10_000);
    assert.deepEqual(codesOf(await bench.log.ended(task.taskId)), [7, 7]);
  });
}

/** Where the operator allows it; elsewhere it is refused before this. */
export async function shareWithHost(bench: SharingBench): Promise<void> {
  const id = newId();
  const file = (name: string) => join(bench.host.shared, `${id}.${name}`);
  const own = `/proc/${process.pid}/cmdline`;
  const script = `[ -e ${own} ] && tr '\\0' ' ' <${own} >${file('host')}; readlink /proc/self/ns/ipc >${file('ipc')}`;
  const end = await runPair(bench, { pid: 'host', ipc: 'host' }, ...beside(file('waits'), script));
  assert.deepEqual(codesOf(end), [0, 143], JSON.stringify(end));
  assert.match(readFileSync(file('host'), 'utf8'), /node/);
  assert.equal(readFileSync(file('ipc'), 'utf8').trim(), readlinkSync('/proc/self/ns/ipc'));
}
