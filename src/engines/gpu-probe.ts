import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Milliseconds } from '../core/ids.ts';
import { defaultPath } from './default-path.ts';
import type { Gpu } from './gpus.ts';

/** Where a host says which GPUs it has. */
export interface GpuHost {
  /** Lists GPUs, or there is none of that name. @default nvidia-smi */
  readonly program: string;
  /** Of the driver: a directory of each GPU with its `information`. */
  readonly driver: string;
  readonly devices: string;
  readonly deadline: Milliseconds;
}

const thisHost: GpuHost = {
  program: 'nvidia-smi',
  driver: '/proc/driver/nvidia/gpus',
  devices: '/dev',
  deadline: 10_000,
};

/** Device files that every user of a GPU opens. */
const sharedDevices = ['nvidiactl', 'nvidia-uvm', 'nvidia-uvm-tools', 'nvidia-modeset'];

/**
 * The GPUs of this host: those that an operator names, else those that `nvidia-smi` lists, by their UUIDs. A name that is the
 * number or the UUID of one means its device files; any other has none. `warn` hears of a program that gives no list.
 */
export async function findGpus(
  named: readonly string[] | undefined,
  warn: (words: string) => void,
  host: GpuHost = thisHost,
): Promise<readonly Gpu[]> {
  const ids = named === undefined ? await listed(host, warn) : named.filter((name) => name !== 'none');
  const minors = minorNumbers(host);
  return [...new Set(ids)].map((id) => ({ id, devices: devicesOf(minors.get(id) ?? id, host) }));
}

function listed(host: GpuHost, warn: (words: string) => void): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const query = ['--query-gpu=uuid', '--format=csv,noheader'];
    const settings = { env: { PATH: defaultPath }, timeout: host.deadline, killSignal: 'SIGKILL' } as const;
    execFile(host.program, query, settings, (error, stdout) => {
      if (!error) resolve(stdout.split('\n').flatMap((line) => line.trim() || []));
      else resolve([]);
      if (error && error.code !== 'ENOENT')
        warn(`${host.program} did not list the GPUs of this host, and jobs get none: ${words(error)}`);
    });
  });
}

function words({ killed, message }: { readonly killed?: boolean | undefined; readonly message: string }): string {
  return killed ? 'it did not answer' : message.trim();
}

/** The number in the names of a GPU's device files, by its UUID. */
function minorNumbers({ driver }: GpuHost): ReadonlyMap<string, string> {
  if (!existsSync(driver)) return new Map();
  return new Map(
    readdirSync(driver).flatMap((name) => {
      const information = join(driver, name, 'information');
      const text = existsSync(information) ? readFileSync(information, 'utf8') : '';
      const uuid = /^GPU UUID:\s*(\S+)$/m.exec(text)?.[1];
      const minor = /^Device Minor:\s*(\d+)$/m.exec(text)?.[1];
      return uuid !== undefined && minor !== undefined ? [[uuid, minor] as const] : [];
    }),
  );
}

function devicesOf(number: string, { devices }: GpuHost): string[] {
  const own = join(devices, `nvidia${number}`);
  if (!/^\d+$/.test(number) || !existsSync(own)) return [];
  return [own, ...sharedDevices.map((name) => join(devices, name)).filter((path) => existsSync(path))];
}
