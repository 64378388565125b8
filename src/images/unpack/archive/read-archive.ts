import { constants } from 'node:fs';
import { open, readlink } from 'node:fs/promises';
import { isSystemError, systemErrorWords } from '../../../core/system-error.ts';
import { PullFailed } from '../../contract.ts';
import { platformOf } from '../../manifest/index.ts';
import { checkInside } from '../inside.ts';
import { unpackLimits } from '../limits.ts';
import { Refused } from '../refusal.ts';
import { runUnpacker } from '../run-unpacker.ts';
import { type ArchiveFiles, filesOfDirectory, filesOfTar, readContent } from './archive-files.ts';
import type { ArchivedImage, ArchiveRequest } from './archived-image.ts';
import { readSaved } from './docker-archive.ts';
import { readLayout } from './oci-layout.ts';

/**
 * The images of an archive, at least one, ready to be unpacked. Nothing of it is trusted: what has a digest must have it, layers when they
 * are unpacked. Rejects with `PullFailed`, with `PullStalled` where the disk is full, and with the reason of the signal.
 */
export async function readArchive(request: ArchiveRequest): Promise<readonly ArchivedImage[]> {
  const platform = platformOf(request.architecture ?? process.arch);
  const directory = await directoryAt(request);
  const files = directory === undefined ? await staged(request) : filesOfDirectory(directory);
  const isLayout = directory !== undefined || (await readContent(files, 'oci-layout')) !== undefined;
  const images = isLayout ? await readLayout(files, platform) : await readSaved(files);
  if (images.length === 0) throw new PullFailed('there is no image in it');
  return images;
}

/** Where the directory is, with no link on the way; undefined for what is none. */
async function directoryAt({ path, within }: ArchiveRequest): Promise<string | undefined> {
  try {
    await using opened = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await opened.stat()).isDirectory()) return undefined;
    if (within) checkInside(opened.fd, within, path);
    return await readlink(`/proc/self/fd/${opened.fd}`);
  } catch (error) {
    if (error instanceof Refused) throw new PullFailed(error.message, { cause: error });
    if (!isSystemError(error)) throw error;
    throw new PullFailed(systemErrorWords(error), { cause: error });
  }
}

async function staged({ path, within, scratch, bytes, clock, signal }: ArchiveRequest): Promise<ArchiveFiles> {
  const limits = { ...unpackLimits, ...(bytes !== undefined && { bytes }) };
  const run = { clock, silenceMs: limits.silenceMs, ...(signal && { signal }) };
  const { members } = await runUnpacker({ version: 1, kind: 'stage', path, within, into: scratch, limits }, run);
  return filesOfTar(members, scratch);
}
