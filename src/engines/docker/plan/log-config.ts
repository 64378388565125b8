import type { ContainerSpec } from '../../contract.ts';
import { allowedPath, type MountRules } from './mount-sources.ts';

const mebibyte = 1024 ** 2;

/**
 * The daemon keeps output until the task is released. It gives up the oldest of it beyond so many times what is copied of an
 * attempt that this has been written by then, be its lines empty: Docker takes 74 bytes for one.
 */
const keptOfMaximum = 80;
/** More than a container writes before its output is first read. */
const leastKeptBytes = 1024 * mebibyte;

/** Where a container's output goes. Throws `CannotStart` for a driver's option that names what is not its business. */
export function logConfig({ log, logDriver }: Pick<ContainerSpec, 'log' | 'logDriver'>, rules: MountRules): object {
  if (logDriver) {
    for (const [name, value] of Object.entries(logDriver.options)) checkOption(name, value, rules);
    return { Type: logDriver.name, Config: logDriver.options };
  }
  const size = Math.max(leastKeptBytes, (log?.maximumBytes ?? 0) * keptOfMaximum);
  return { Type: 'json-file', Config: { 'max-size': String(size), 'max-file': '1' } };
}

/** Options whose value is a file of this machine. */
const fileOption = /-(?:ca-cert|cert|key|capath)$/;

/** It is the daemon that opens files and sockets, as root: a definition may name those alone that it may mount. */
function checkOption(name: string, value: string, rules: MountRules): void {
  const socket = /^unix(?:gram)?:\/*(\/.*)$/is.exec(value)?.[1];
  const path = socket ?? (fileOption.test(name) ? value : undefined);
  if (path !== undefined) allowedPath({ source: path }, rules);
}
