import { once } from 'node:events';
import { request } from 'node:http';
import { callDaemon } from '../../src/core/docker-daemon.fixture.ts';

export interface DirectContainer {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A directory of the host, mounted under its own path. */
  readonly shared?: string;
  readonly memoryMiB: number;
}

/**
 * The least that a client of Docker's API does to run a container and to have what it wrote: create, start, wait, logs; answers
 * what removes it. Connections are kept and used again. Throws unless it ended with 0.
 */
export async function runDirectly(socket: string, container: DirectContainer): Promise<() => Promise<void>> {
  const { Id: id } = JSON.parse(await callDaemon(socket, 'POST', '/containers/create', bodyOf(container)));
  const path = `/containers/${id}`;
  await callDaemon(socket, 'POST', `${path}/start`);
  const { StatusCode: code } = JSON.parse(await callDaemon(socket, 'POST', `${path}/wait?condition=not-running`));
  const output = await callDaemon(socket, 'GET', `${path}/logs?stdout=1&stderr=1&timestamps=1`);
  if (code !== 0) throw new Error(`a container ended with ${code}: ${output}`);
  return async () => {
    await callDaemon(socket, 'DELETE', `${path}?force=1&v=1`);
  };
}

/**
 * The same as it must be done by who answers for what became of a container, whatever fails: its image is looked for, the wish to hear of
 * its end is taken down before the start, and the end is looked at, with whether it is still the Docker of before. Nothing is written down.
 */
export async function runCarefully(socket: string, container: DirectContainer, isPodman: boolean): Promise<void> {
  await callDaemon(socket, 'GET', `/images/${container.image}/json`);
  const { Id: id } = JSON.parse(await callDaemon(socket, 'POST', '/containers/create', bodyOf(container)));
  const path = `/containers/${id}`;
  const early = isPodman ? undefined : await exitOf(socket, `${path}/wait?condition=next-exit`);
  await callDaemon(socket, 'POST', `${path}/start`);
  await (early ?? (await exitOf(socket, `${path}/wait?condition=not-running`))).over;
  const { State } = JSON.parse(await callDaemon(socket, 'GET', `${path}/json`));
  if (!isPodman) await callDaemon(socket, 'GET', '/networks/bridge');
  const output = await callDaemon(socket, 'GET', `${path}/logs?stdout=1&stderr=1&timestamps=1`);
  if (State.ExitCode !== 0) throw new Error(`a container ended with ${State.ExitCode}: ${output}`);
  await callDaemon(socket, 'DELETE', `${path}?force=1&v=1`);
}

/** Resolves once the daemon has taken the wish down. */
async function exitOf(socketPath: string, path: string): Promise<{ readonly over: Promise<unknown> }> {
  const call = request({ socketPath, method: 'POST', path: `/v1.40${path}` }).end();
  const [response] = await once(call, 'response');
  return { over: once(response.resume(), 'end') };
}

function bodyOf({ image, command, environment = {}, shared, memoryMiB }: DirectContainer): object {
  const memory = memoryMiB * 1024 ** 2;
  return {
    Image: image,
    Cmd: command,
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    HostConfig: {
      NetworkMode: 'host',
      Memory: memory,
      MemorySwap: memory,
      ...(shared === undefined ? {} : { Mounts: [{ Type: 'bind', Source: shared, Target: shared }] }),
    },
  };
}
