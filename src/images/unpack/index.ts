export { type ArchivedImage, type ArchiveRequest, readArchive } from './archive/index.ts';
export { type UnpackLimits, unpackLimits } from './limits.ts';
export type { LayerFile, TreeOwner, UnpackedTree, UnpackProgress, UnpackRequest } from './request.ts';
export { unpackImage } from './unpack-image.ts';
