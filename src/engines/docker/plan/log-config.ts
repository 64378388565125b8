import type { ContainerSpec } from '../../contract.ts';
import { cannotStartContainer } from '../cannot-start.ts';
import { allowedPath, type MountRules } from './mount-sources.ts';

const mebibyte = 1024 ** 2;

/**
 * The daemon keeps output until the task is released. It gives up the oldest of it beyond so many times what is copied of an
 * attempt that this has been written by then, be its lines empty: Docker takes 74 bytes for one.
 */
const keptOfMaximum = 80;
/** More than a container writes before its output is first read. */
const leastKeptBytes = 1024 * mebibyte;

/**
 * Where a container's output goes, files and sockets of this machine by the paths that they lead to. Throws `CannotStart` for a
 * driver's option that names what is not its business.
 */
export function logConfig({ log, logDriver }: Pick<ContainerSpec, 'log' | 'logDriver'>, rules: MountRules): object {
  if (logDriver) {
    const options = Object.entries(logDriver.options).map(
      ([name, value]) => [name, checkedOption(logDriver.name, name, value, rules)] as const,
    );
    return { Type: logDriver.name, Config: Object.fromEntries(options) };
  }
  const size = Math.max(leastKeptBytes, (log?.maximumBytes ?? 0) * keptOfMaximum);
  return { Type: 'json-file', Config: { 'max-size': String(size), 'max-file': '1' } };
}

/** Podman writes output to the file that `path` names, and takes `driver` for the driver. Docker knows neither. */
const podmansOwn = /^(?:path|driver)(?:=|$)/i;
/** Options whose value is a file of this machine. */
const fileOption = /-(?:ca-cert|cert|key|capath)$/;

/** It is the daemon that opens files and sockets, as root: a definition may name those alone that it may mount. */
function checkedOption(driver: string, name: string, value: string, rules: MountRules): string {
  if (podmansOwn.test(name)) throw cannotStartContainer(`unknown log opt '${name}' for ${driver} log driver`);
  if (fileOption.test(name)) return allowedPath({ source: value }, rules);
  const scheme = /^unix(?:gram)?(?=:)/i.exec(value)?.[0];
  return scheme === undefined ? value : `${scheme}://${socketOf(name, value.slice(scheme.length), rules)}`;
}

/** Daemons read an address otherwise that is no plain path: with a host, or escaped. */
function socketOf(name: string, address: string, rules: MountRules): string {
  const path = /^:\/\/(\/.*)$/s.exec(address)?.[1];
  const real = path === undefined ? undefined : allowedPath({ source: path }, rules);
  if (real !== undefined && !/[%?#]/.test(real)) return real;
  throw cannotStartContainer(`log option ${name} is no socket of this machine as unix:///PATH, without %, ? and #`);
}
