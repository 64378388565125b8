export { ConnectionLost } from './connection-lost.ts';
export { type Patience, registryPatience } from './patience.ts';
export { type BlobAnswer, type Manifest, RegistrySession } from './session.ts';
export type { Credentials, RegistrySettings } from './settings.ts';
export { Registries } from './transport.ts';
