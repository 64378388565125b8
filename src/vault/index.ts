export { keyFileName, keysLackedBy } from './key-file.ts';
export { KeyRotation, type Rotated } from './key-rotation.ts';
export { type Sealed, type SealedValues, sealedUnder, sealedValues } from './sealed-values.ts';
export { KeysUnavailable, ValueUnreadable, Vault, type VaultOptions } from './vault.ts';
