import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../../core/clock.ts';
import type { InstallationId, TaskId } from '../../../core/ids.ts';
import { EventLog, newId } from '../../conformance.ts';
import type { ContainerSpec, Engine, TaskSpec } from '../../contract.ts';
import { openDockerEngine } from '../engine.ts';
import type { DockerEngineOptions } from '../options.ts';
import type { FakeDaemon } from './fake-daemon.ts';

export const installationId = 'installation' as InstallationId;

/** What a server has of its engine. */
export interface FakeServer {
  readonly engine: Engine;
  readonly log: EventLog;
}

/** The engine of a server whose data is kept beside the daemon: each has a higher epoch than the one before. */
export async function openFakeServer(
  daemon: FakeDaemon,
  clock: Clock,
  epoch = 1,
  more: Partial<DockerEngineOptions> = {},
): Promise<FakeServer> {
  const dataDirectory = join(daemon.directory, 'data');
  mkdirSync(dataDirectory, { recursive: true });
  const engine = await openDockerEngine({
    ...{ dataDirectory, clock, session: { installationId, epoch }, sockets: [daemon.socket] },
    ...{ instanceId: 'i-0123456789abcdef0', logRoot: join(dataDirectory, 'logs') },
    ...{ capacity: { vcpus: 4, memoryMiB: 4096, gpus: 0 }, minimumFreeBytes: 0, ...more },
  });
  return { engine, log: new EventLog(engine) };
}

/** The server dies. */
export async function crash({ engine, log }: FakeServer): Promise<void> {
  log.close();
  await engine.close();
}

function container(taskId: TaskId): ContainerSpec {
  return {
    ...{ name: 'c', essential: true, dependsOn: [], image: 'image', command: ['true'], environment: {}, gpus: 0 },
    ...{ secrets: { S: 'hidden' }, vcpus: 1, memoryMiB: 16, mounts: [], temporaryFileSystems: [], ulimits: [] },
    ...{ readonlyRootFilesystem: false, privileged: false },
    log: { stream: taskId, rateBytesPerSecond: 1024 ** 3, maximumBytes: 1024 ** 2 },
  };
}

export function task(): TaskSpec {
  const taskId = newId();
  return { formatVersion: 1, taskId, label: 'test', containers: [container(taskId)], stopGrace: 1_000 };
}
