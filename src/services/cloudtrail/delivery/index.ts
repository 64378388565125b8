export { Deliverer } from './deliverer.ts';
export { directoryStore } from './directory-store.ts';
export type { FileStore } from './file-store.ts';
export { type S3StoreOptions, s3Store } from './s3-store.ts';
export { SigningKeys } from './signing-keys.ts';
