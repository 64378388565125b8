import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { callDaemon, type DaemonOfContainers } from '../../src/core/docker-daemon.fixture.ts';
import { processesInGroup, processesWith, sleepOf } from '../support/processes.ts';
import type { ServerProcess } from '../support/server-process.ts';

/** Milliseconds. A daemon that is stuck has its words as well: that it says nothing. */
const patience = 10_000;

interface Listed {
  readonly Id: string;
  readonly Names?: readonly string[];
}

/**
 * For the words of a failure: what a daemon says of every container that it has, what runs of each as the machine sees it, and what the
 * server has on record of its tasks. Never rejects: what does not answer is said instead.
 */
export async function daemonInWords(server: ServerProcess, daemon: DaemonOfContainers): Promise<string> {
  const containers = await ask<readonly Listed[]>(daemon, '/containers/json?all=1');
  const views =
    typeof containers === 'string'
      ? [`the daemon does not say what containers it has: ${containers}`]
      : [
          `${containers.length} containers are at the daemon`,
          ...(await Promise.all(containers.map((each) => containerInWords(daemon, each)))),
        ];
  return [...views, 'what the server has on record of tasks:', ...tasksInWords(server)].join('\n');
}

async function containerInWords(daemon: DaemonOfContainers, { Id, Names = [] }: Listed): Promise<string> {
  const found = await ask<{ readonly State: object }>(daemon, `/containers/${Id}/json`);
  const state = typeof found === 'string' ? `is not shown: ${found}` : JSON.stringify(found.State);
  const members = processesInGroup(Id);
  const keepers = processesWith(Id).filter(({ pid }) => members.every((member) => member.pid !== pid));
  return [
    `  ${Names.join(' ')} ${Id.slice(0, 12)} ${state}`,
    ...members.map((each) => `    runs: ${processInWords(each)}`),
    ...keepers.map((each) => `    beside it: ${processInWords(each)}`),
  ].join('\n');
}

function processInWords({ pid, command }: { readonly pid: number; readonly command: string }): string {
  return `${pid} ${sleepOf(pid)} ${command.replaceAll('\n', ' ').slice(0, 120)}`;
}

function tasksInWords(server: ServerProcess): readonly string[] {
  const directory = join(server.dataDirectory, 'docker/tasks');
  try {
    return readdirSync(directory).map((name) => `  ${name} ${fileInWords(join(directory, name))}`);
  } catch (error) {
    return [`  none can be read: ${error}`];
  }
}

/** Its last line, without what was asked for: how far it has come. */
function fileInWords(path: string): string {
  try {
    const { record: _, ...progress } = JSON.parse(readFileSync(path, 'utf8').trim().split('\n').at(-1) ?? '');
    return JSON.stringify(progress).slice(0, 1_000);
  } catch (error) {
    return String(error); // it was removed meanwhile
  }
}

/** Answers the daemon's answer, or in words why there is none. */
async function ask<Answer>(daemon: DaemonOfContainers, path: string): Promise<Answer | string> {
  const late = pause(patience, `no answer within ${patience / 1000} s`, { ref: false });
  const said = callDaemon(daemon.socket, 'GET', path).then((text): Answer => JSON.parse(text), String);
  return Promise.race([said, late]);
}
