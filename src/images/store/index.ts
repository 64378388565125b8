export { type DiskImageStore, type ImageStoreOptions, openImageStore } from './image-store.ts';
