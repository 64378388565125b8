export {
  type Digest,
  type ImageConfig,
  type ImageStore,
  PullFailed,
  type PullProgress,
  type PullRequest,
  PullStalled,
  type StoredImage,
} from './contract.ts';
export { parseReference, type Rewrite, rewriteReference } from './reference/index.ts';
export type { Credentials, RegistrySettings } from './registry/index.ts';
export { type ImageStoreOptions, openImageStore } from './store/index.ts';
