import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest, ImageConfig } from '../../../images/index.ts';
import type { ImageRoot } from '../../contract.ts';

/** Why there are no images to test with; false if there are. */
export const noImages = existsSync('/bin/busybox') ? false : 'no static busybox';

/** What is in an image beside the directories that every one has. Values of `links` are where they lead. */
export interface TestImageParts {
  readonly programs?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  readonly config?: Partial<ImageConfig>;
  /** Whether others than the server's user can pass through to it. @default false */
  readonly open?: boolean;
}

const always = ['proc', 'dev', 'sys', 'tmp', 'var/tmp', 'run', 'root', 'etc', 'bin'];
const madeForMounts = ['etc/hosts', 'etc/hostname', 'etc/resolv.conf'];

/**
 * An image as the store would have it at `directory`, of busybox: one tree that belongs to the jobs' user, with the places that
 * mounts need.
 */
export function makeTestImage(directory: string, parts: TestImageParts = {}): ImageRoot {
  const { programs = usualPrograms, files = {}, links = {}, without = [], config = {}, open = false } = parts;
  const root = join(directory, 'root');
  const isWanted = (path: string) => !without.some((left) => path === left || path.startsWith(`${left}/`));
  for (const path of always.filter(isWanted)) mkdirSync(join(root, path), { recursive: true });
  for (const path of madeForMounts.filter(isWanted)) writeFileSync(join(root, path), '');
  copyFileSync('/bin/busybox', join(root, 'bin', 'busybox'));
  for (const program of programs) symlinkSync('busybox', join(root, 'bin', program));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode: 0o755 });
  }
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }
  if (process.getuid?.() === 0) execFileSync('chown', ['-Rh', '65534:65534', root]);
  chmodSync(directory, open ? 0o755 : 0o700);
  const said: ImageConfig = { entrypoint: [], command: [], environment: [], labels: {}, ...config };
  const digest: Digest = `sha256:${'0'.repeat(64)}`;
  return { root, config: said, digest, configDigest: digest, notes: [] };
}

const usualPrograms = [
  'sh',
  'ls',
  'id',
  'cat',
  'env',
  'grep',
  'mkdir',
  'rm',
  'mv',
  'sleep',
  'df',
  'stat',
  'true',
  'chown',
  'seq',
  'pwd',
  'hostname',
  'kill',
  'touch',
];
