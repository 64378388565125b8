import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskId } from '../../../core/ids.ts';
import type { NodeActs } from '../../conformance.ts';
import type { ContainerSpec } from '../../contract.ts';
import { processIds } from '../../process-ids.ts';
import { startTimeOf, treeOf } from '../host/proc.ts';

/** Says in which network namespace it is, then listens. */
const listening = `
import os, socket, sys
shared, me = sys.argv[1:]
def say(name, text):
    with open(f"{shared}/{name}-{me}.draft", "w") as file: file.write(text)
    os.rename(f"{shared}/{name}-{me}.draft", f"{shared}/{name}-{me}")
server = socket.socket()
server.bind(("", 0))
server.listen(64)
say("network", os.readlink("/proc/self/ns/net"))
say("port", str(server.getsockname()[1]))
say("ready", "")
while True:
    connection, _ = server.accept()
    connection.sendall(me.encode())
    connection.close()
`;

const calling = `
import os, socket, sys
shared, me, other, address = sys.argv[1:]
with open(f"{shared}/network-{me}", "w") as file: file.write(os.readlink("/proc/self/ns/net"))
with open(f"{shared}/port-{other}") as file: port = int(file.read())
try:
    connection = socket.create_connection((address, port), 30)
    heard = b""
    while part := connection.recv(100): heard += part
except OSError as error:
    sys.exit(str(error))
sys.exit(0 if heard.decode() == other else 1)
`;

/** Why nodes cannot talk in tests here. */
export const noPython = existsSync('/usr/bin/python3') ? undefined : 'there is no /usr/bin/python3';

/** Nodes in Python; `shell` makes a container of a test's host. */
export function nodeActs(
  shared: string,
  shell: (taskId: TaskId, command: readonly string[]) => ContainerSpec,
): NodeActs {
  const python = (taskId: TaskId, program: string, ...words: string[]) =>
    shell(taskId, ['/usr/bin/python3', '-I', '-c', program, shared, taskId, ...words]);
  return {
    listener: (taskId) => python(taskId, listening),
    caller: (taskId, other, address) => python(taskId, calling, other, address),
    leftOf: async (taskIds) => {
      const own = readlinkSync('/proc/self/ns/net');
      const files = taskIds.map((taskId) => join(shared, `network-${taskId}`)).filter((file) => existsSync(file));
      const wanted = new Set(files.map((file) => readFileSync(file, 'utf8')).filter((network) => network !== own));
      const lastBegan = Math.max(...files.map((file) => statSync(file).mtimeMs));
      return [...(wanted.size === 0 ? [] : holdersOf(wanted, lastBegan)), ...interfaces()];
    },
  };
}

/**
 * Every process that is in one of these namespaces, and all of this test that hold one open. A namespace that nobody has is gone,
 * and its number soon another's: who began later than the last node is in that one.
 */
function holdersOf(networks: ReadonlySet<string>, lastBegan: number): string[] {
  const ours = new Set(treeOf(process.pid));
  const old = processIds().filter((pid) => beganAt(pid) <= lastBegan + clockTick);
  const places = old.flatMap((pid) => [
    `/proc/${pid}/ns/net`,
    ...(ours.has(pid) ? entriesOf(`/proc/${pid}/fd`).map((name) => `/proc/${pid}/fd/${name}`) : []),
  ]);
  return places.filter((place) => networks.has(linkOf(place))).map((place) => `${place} is ${linkOf(place)}`);
}

/** Milliseconds: what the kernel says of times of processes is no finer. */
const clockTick = 10;

/** By the wall clock; never for one that is gone. */
function beganAt(pid: number): number {
  const ticks = startTimeOf(pid) ?? Number.POSITIVE_INFINITY;
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  // biome-ignore lint/plugin: files and processes have the times of the machine
  return Date.now() - uptime * 1000 + ticks * clockTick;
}

/** Interfaces in the host's own namespace that are named as ours are. */
function interfaces(): string[] {
  if (!existsSync('/sys/class/net')) return [];
  return readdirSync('/sys/class/net').filter((name) => /^(n\d+|hub)$/.test(name));
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // it has ended
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // it has ended, or was closed
  }
}
