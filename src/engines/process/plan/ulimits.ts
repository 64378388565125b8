import { readFileSync } from 'node:fs';
import type { ContainerSpec } from '../../contract.ts';
import { cannotStartContainer } from '../errors.ts';
import type { HostTools } from '../host/host-abilities.ts';

/** The kernel's name in `/proc/self/limits` of each of AWS's ulimits. `prlimit` knows them by AWS's names. */
const kernelNames: Readonly<Record<string, string>> = {
  core: 'Max core file size',
  cpu: 'Max cpu time',
  data: 'Max data size',
  fsize: 'Max file size',
  locks: 'Max file locks',
  memlock: 'Max locked memory',
  msgqueue: 'Max msgqueue size',
  nice: 'Max nice priority',
  nofile: 'Max open files',
  nproc: 'Max processes',
  rss: 'Max resident set',
  rtprio: 'Max realtime priority',
  rttime: 'Max realtime timeout',
  sigpending: 'Max pending signals',
  stack: 'Max stack size',
};

/**
 * The command line prefix that sets a container's ulimits. Throws for an unknown name, a soft limit above the hard one,
 * and a hard limit above this process's own: an unprivileged job could not be given more.
 */
export function ulimitPrefix(ulimits: ContainerSpec['ulimits'], tools: HostTools): string[] {
  if (ulimits.length === 0) return [];
  if (tools.prlimit === undefined)
    throw cannotStartContainer('ulimits need prlimit (util-linux), which is not installed');
  return [tools.prlimit, ...ulimits.map(checked), '--'];
}

function checked({ name, soft, hard }: ContainerSpec['ulimits'][number]): string {
  const kernelName = kernelNames[name];
  if (kernelName === undefined) throw cannotStartContainer(`ulimit ${name} is unknown`);
  if (rank(soft) > rank(hard))
    throw cannotStartContainer(`ulimit ${name}: soft limit ${soft} is above hard limit ${hard}`);
  const ceiling = ownHardLimit(kernelName);
  if (rank(hard) > ceiling)
    throw cannotStartContainer(`ulimit ${name}: hard limit ${hard} is above this host's ${ceiling}`);
  return `--${name}=${shown(soft)}:${shown(hard)}`;
}

/** -1 means without limit. */
function rank(limit: number): number {
  return limit < 0 ? Number.POSITIVE_INFINITY : limit;
}

function shown(limit: number): string {
  return limit < 0 ? 'unlimited' : String(limit);
}

function ownHardLimit(kernelName: string): number {
  const line = ownLimits().find((text) => text.startsWith(kernelName));
  const hard = line?.slice(kernelName.length).trim().split(/\s+/)[1];
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

function ownLimits(): string[] {
  try {
    return readFileSync('/proc/self/limits', 'utf8').split('\n');
  } catch {
    return [];
  }
}
