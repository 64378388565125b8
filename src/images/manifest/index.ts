export { type Configuration, parseConfiguration } from './configuration.ts';
export type { IndexEntry } from './manifest.ts';
export { type Descriptor, type ImageManifest, type Layer, parseManifest } from './manifest.ts';
export { acceptedManifests, layerTypes } from './media-types.ts';
export { choosePlatform, type Platform, platformOf } from './platform.ts';
export { listOf, strangeJson } from './strange-json.ts';
