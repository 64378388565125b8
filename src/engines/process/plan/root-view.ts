import { readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isWithin } from '../../../core/within.ts';
import { cannotStartContainer } from '../errors.ts';
import { processLimits } from '../limits.ts';
import { nearestExisting } from './paths.ts';

/** One step of putting a read-only root together. A directory is made anew and empty. */
export type RootStep =
  | { readonly kind: 'bind'; readonly source: string; readonly target: string; readonly isDirectory: boolean }
  | { readonly kind: 'link'; readonly text: string; readonly target: string }
  | { readonly kind: 'directory'; readonly target: string }
  | { readonly kind: 'overlay'; readonly source: string; readonly upper: string; readonly work: string };

/** How a root is put together. */
export interface RootView {
  readonly steps: readonly RootStep[];
  /** Directories made anew, to be made read-only when all mount points exist. */
  readonly rebuilt: readonly string[];
}

/**
 * Shows the files under `root` read-only as `/`. One bind does, unless a mount point does not exist there: none can be
 * made in a read-only directory, so the nearest existing directory above it is made anew with its entries bound one by
 * one. `made` are places that will be fresh file systems anyway; mount points in them need nothing.
 */
export function viewRoot(root: string, targets: readonly string[], made: readonly string[]): RootView {
  const missing = targets.filter((target) => !made.some((place) => isWithin(target, place)));
  const rebuilt = [...new Set(missing.map((target) => parentToRebuild(root, target)).filter(isDefined))].sort();
  const base: RootStep[] = rebuilt.includes('/')
    ? rebuild(root, '/', [])
    : [{ kind: 'bind', source: root, target: '/', isDirectory: true }];
  const inner = rebuilt.filter((directory) => directory !== '/');
  return { steps: [...base, ...inner.flatMap((directory) => rebuild(root, directory, []))], rebuilt };
}

/**
 * Shows the host's files without `absent`: the directories above those are made anew, down from the root directory, so
 * that no mount lies over them which could be taken away. Mount points at `targets` can be made as in `viewRoot`.
 */
export function viewHost(targets: readonly string[], absent: readonly string[]): RootView {
  const above = absent.flatMap((place) => parentsOf(place));
  const missing = targets.filter((target) => !absent.some((place) => isWithin(target, place)));
  const toRebuild = missing.flatMap((target) => parentToRebuild('/', target) ?? []);
  const rebuilt = [...new Set(['/', ...above, ...toRebuild.flatMap((path) => [...parentsOf(path), path])])].sort();
  return { steps: rebuilt.flatMap((directory) => rebuild('/', directory, [...rebuilt, ...absent])), rebuilt };
}

function parentsOf(path: string): string[] {
  const parents = [];
  for (let above = dirname(path); above !== '/'; above = dirname(above)) parents.push(above);
  return parents;
}

function parentToRebuild(root: string, target: string): string | undefined {
  const existing = nearestExisting(root, target);
  return existing === target ? undefined : existing;
}

/** `left` are entries that are made by steps of their own, or not at all. */
function rebuild(root: string, directory: string, left: readonly string[]): RootStep[] {
  return [{ kind: 'directory', target: directory }, ...showEntries(root, directory, left)];
}

/** The entries of a directory under `root`, one by one and read-only, at the same path; without `left`. */
export function showEntries(root: string, directory: string, left: readonly string[]): RootStep[] {
  const entries = readdirSync(join(root, directory), { withFileTypes: true });
  if (entries.length > processLimits.rebuiltEntries) {
    throw cannotStartContainer(
      `${directory} has too many entries to add a mount point to it: make the mount point's directory first`,
    );
  }
  return entries.flatMap((entry): RootStep[] => {
    const target = join(directory, entry.name);
    if (isReplaced(target) || left.includes(target)) return [];
    const source = join(root, target);
    if (entry.isSymbolicLink()) return [{ kind: 'link', text: readlinkSync(source), target }];
    const isDirectory = entry.isDirectory();
    return isDirectory || entry.isFile() ? [{ kind: 'bind', source, target, isDirectory }] : [];
  });
}

/** The sandbox brings its own. */
function isReplaced(path: string): boolean {
  return path === '/proc' || path === '/dev';
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined;
}
