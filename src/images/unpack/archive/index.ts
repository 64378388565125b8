export type { ArchivedImage, ArchiveRequest } from './archived-image.ts';
export { readArchive } from './read-archive.ts';
