import { callDaemon, type DaemonOfContainers } from '../../../core/docker-daemon.fixture.ts';
import type { TaskId } from '../../../core/ids.ts';
import type { NodeActs } from '../../conformance.ts';
import type { ContainerSpec } from '../../contract.ts';

/** Each node has all ports of its own network. */
const port = 7000;

/** What nodes do that are containers of busybox; `shell` makes one that runs a script. */
export function nodeActs(
  daemon: DaemonOfContainers,
  shell: (taskId: TaskId, script: string) => ContainerSpec,
): NodeActs {
  return {
    listener: (taskId) => {
      const container = shell(taskId, '');
      const shared = container.mounts[0]?.source;
      const serve = `nc -ll -p ${port} -e echo ${taskId} & server=$!`;
      const ready = `until nc 127.0.0.1 ${port} </dev/null | grep -q ${taskId}; do sleep 0.02; done; >${shared}/ready-${taskId}`;
      const script = `trap 'kill $server; exit 143' TERM; ${serve}; ${ready}; wait`;
      return { ...container, command: ['/bin/sh', '-c', script] };
    },
    caller: (taskId, other, address) => shell(taskId, `[ "$(nc -w 5 ${address} ${port} </dev/null)" = ${other} ]`),
    leftOf: (taskIds) => leftOf(daemon, taskIds),
  };
}

async function leftOf({ socket }: DaemonOfContainers, taskIds: readonly TaskId[]): Promise<readonly string[]> {
  const networks: readonly { Name: string }[] = JSON.parse(await callDaemon(socket, 'GET', '/networks'));
  const containers: readonly { Names: readonly string[] }[] = JSON.parse(
    await callDaemon(socket, 'GET', '/containers/json?all=1'),
  );
  const left = [
    ...networks.map(({ Name }) => `network ${Name}`),
    ...containers.map(({ Names }) => `container ${Names}`).filter((words) => words.endsWith('-hold')),
  ];
  return left.filter((words) => taskIds.some((taskId) => words.includes(taskId)));
}
