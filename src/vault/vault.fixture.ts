import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../core/clock.ts';
import { SystemRandom } from '../core/random.ts';
import { Vault, type VaultOptions } from './vault.ts';

/** A data directory of a test, gone after it. */
export class VaultDirectory implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'vault-'));

  /** A vault as a server opens it. */
  open(more: Pick<VaultOptions, 'write'> = {}): Vault {
    return new Vault({ directory: this.path, clock: new ManualClock(), random: new SystemRandom(), ...more });
  }

  /** A vault with its first key. */
  async openWithKey(): Promise<Vault> {
    const vault = this.open();
    await vault.makeFirstKey();
    return vault;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
