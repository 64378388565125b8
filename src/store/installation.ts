import type { InstallationId } from '../core/ids.ts';
import type { RandomSource } from '../core/random.ts';

/** 32 hexadecimal digits. */
export function newInstallationId(random: RandomSource): InstallationId {
  return Buffer.from(random.bytes(16)).toString('hex') as InstallationId;
}
