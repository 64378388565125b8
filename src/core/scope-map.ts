import type { Scope } from './arn.ts';
import type { AccountId, Region } from './ids.ts';

/** A map by account and region. No text is joined to look something up: every request does so several times. */
export class ScopeMap<Value> {
  readonly #accounts = new Map<AccountId, Map<Region, Value>>();

  get({ account, region }: Scope): Value | undefined {
    return this.#accounts.get(account)?.get(region);
  }

  set({ account, region }: Scope, value: Value): void {
    const regions = this.#accounts.get(account);
    if (regions) regions.set(region, value);
    else this.#accounts.set(account, new Map([[region, value]]));
  }

  delete({ account, region }: Scope): void {
    const regions = this.#accounts.get(account);
    regions?.delete(region);
    if (regions?.size === 0) this.#accounts.delete(account);
  }

  clear(): void {
    this.#accounts.clear();
  }

  /** Account by account. */
  *values(): Generator<Value, undefined> {
    for (const regions of this.#accounts.values()) yield* regions.values();
  }
}
