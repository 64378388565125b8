/**
 * Places where a crash test may kill the process, between decision, commit, effect, engine record and report.
 * A crash at any of them must lose nothing and run nothing twice.
 */
export const failpoints = [
  'dispatch.decided',
  'dispatch.committed',
  'dispatch.started',
  'runner.claimed',
  'runner.network-made',
  'runner.spawned',
  'runner.recorded',
  'runner.go-written',
  'runner.go-sent',
  'runner.exited',
  'runner.exit-recorded',
  'report.received',
  'report.committed',
  'report.released',
  'submit.committed',
  'keys.added',
  'keys.slice-sealed',
  'keys.all-sealed',
  'images.part-written',
  'images.blob-verified',
  'images.blob-named',
  'images.unpacked',
  'images.tree-synced',
  'images.tree-named',
  'images.name-written',
  'images.tree-taken',
  'events.archived',
  'metrics.chunks-written',
  'commit.closed',
  'commit.recorded',
  'commit.written',
  'audit.received',
  'audit.written',
  'audit.acknowledged',
] as const;

export type Failpoint = (typeof failpoints)[number];

/** What armed failpoint there is: its name, and how many passes go by before the process dies. */
export interface ArmedFailpoint {
  readonly name: Failpoint;
  readonly passes: number;
}

let armed: { name: Failpoint; remaining: number } | undefined;

/** Reads `name` or `name:passes`. Throws on an unknown name, so that a crash test cannot test nothing. */
export function parseFailpoint(text: string): ArmedFailpoint {
  const [name, passes = '0'] = text.split(':');
  if (!failpoints.includes(name as Failpoint)) throw new Error(`unknown failpoint ${name}`);
  return { name: name as Failpoint, passes: Number(passes) };
}

/** Arms one failpoint for the life of this process. Called once, at start, by a server or runner under test. */
export function armFailpoint(failpoint: ArmedFailpoint): void {
  armed = { name: failpoint.name, remaining: failpoint.passes };
}

/** Dies by SIGKILL if `name` is armed and has been passed often enough; else does nothing. */
export function failpoint(name: Failpoint): void {
  if (armed?.name !== name) return;
  if (armed.remaining > 0) armed.remaining -= 1;
  else process.kill(process.pid, 'SIGKILL');
}
