import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, systemErrorWords } from '../../../core/system-error.ts';
import { type Digest, PullFailed } from '../../contract.ts';
import { digestOf, hexOf } from '../../digest.ts';
import { checkInside } from '../inside.ts';
import { Refused } from '../refusal.ts';
import type { StagedMember } from '../words.ts';

/** The limit of registries for a manifest; a configuration is smaller. */
const mostContent = 4 * 1024 ** 2;

/** Links from one name of an archive to another. */
const mostLinks = 10;

/** The files of an archive, by the names that it knows them by. */
export interface ArchiveFiles {
  /** Where the file of that name is on this machine; undefined if it is not in the archive. */
  pathOf(name: string): string | undefined;
  /** A directory that all of them must lie in when they are opened, since links could lead elsewhere. */
  readonly within?: string;
}

/** Those of an OCI layout that lies in a directory, whose path has no link in it. */
export function filesOfDirectory(directory: string): ArchiveFiles {
  return { pathOf: (name) => join(directory, name), within: directory };
}

/** Those of a tar, which lie under numbers in `scratch`. Of a name that comes twice the last counts. */
export function filesOfTar(members: readonly StagedMember[], scratch: string): ArchiveFiles {
  const byName = new Map(members.map((member) => [member.name, member]));
  return {
    pathOf: (name) => {
      let member = byName.get(name);
      for (let links = 0; member?.kind === 'link' && links < mostLinks; links += 1) member = byName.get(member.target);
      return member?.kind === 'file' ? join(scratch, String(member.number)) : undefined;
    },
  };
}

/** What a small file holds. Undefined if there is none. Rejects with `PullFailed` if it is too large, or no file. */
export async function readContent(files: ArchiveFiles, name: string): Promise<Buffer | undefined> {
  const path = files.pathOf(name);
  if (path === undefined) return undefined;
  try {
    // What is no file could keep an open waiting.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (files.within !== undefined) checkInside(file.fd, [files.within], name);
    return await contentOf(file, name);
  } catch (error) {
    if (error instanceof Refused) throw new PullFailed(error.message, { cause: error });
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new PullFailed(systemErrorWords(error), { cause: error });
  }
}

async function contentOf(file: FileHandle, name: string): Promise<Buffer> {
  const stat = await file.stat();
  if (!stat.isFile()) throw new PullFailed(`${shortened(name)} is no file`);
  if (stat.size > mostContent) throw new PullFailed(`${shortened(name)} is larger than ${mostContent} bytes`);
  // Not to its end, which may be further by now.
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(stat.size), position: 0 });
  return buffer.subarray(0, bytesRead);
}

/** Where a layout keeps what has that digest. */
export function blobName(digest: Digest): string {
  return `blobs/sha256/${hexOf(digest)}`;
}

/** What has that digest. Rejects with `PullFailed` if it is not there, or is something else. */
export async function readBlob(files: ArchiveFiles, digest: Digest): Promise<Buffer> {
  const content = await readContent(files, blobName(digest));
  if (content === undefined) throw new PullFailed(`${digest} is not in the archive`);
  if (digestOf(content) !== digest) throw new PullFailed(`filesystem layer verification failed for digest ${digest}`);
  return content;
}

/** A name that a stranger chose, for people. */
export function shortened(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
