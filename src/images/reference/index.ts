export { type ArchiveReference, type ImageReference, parseReference, type RegistryReference } from './reference.ts';
export { type Rewrite, rewriteReference } from './rewrite.ts';
