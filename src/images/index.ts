export {
  type Digest,
  type ImageConfig,
  type ImageStore,
  type Pruned,
  PullFailed,
  type PullProgress,
  type PullRequest,
  PullStalled,
  type StoredImage,
} from './contract.ts';
export { type ImageReference, parseReference, type RegistryReference, rewriteReference } from './reference/index.ts';
export type { RegistrySettings } from './registry/index.ts';
export { type ImageStoreOptions, openImageStore } from './store/index.ts';
