import type { ConsumableRequest } from '../core/job.ts';
import type { Consumable, ConsumableHolder } from './consumables.ts';
import type { Held, Holder } from './environment-verdict.ts';

/** What is in the way of a job that needs units of a consumable resource. */
export type ConsumableVerdict = {
  /** ARN. */
  readonly resource: string;
  readonly requested: number;
} & (
  | {
      /** Enough units come free as jobs end. */
      readonly kind: 'in-use';
      readonly available: number;
      readonly total: number;
      /** The first of those that hold units, by age. */
      readonly holders: readonly ConsumableHolder[];
      /** How many hold units; all children of an array are one. */
      readonly holderCount: number;
    }
  /** Enough are free, and kept for a job of a queue that is served first. */
  | { readonly kind: 'held'; readonly available: number; readonly holder: Holder }
  /** There are fewer than it needs, whatever ends: until somebody adds some. */
  | { readonly kind: 'too-few'; readonly obtainable: number }
  /** It was deleted: until somebody creates it again. */
  | { readonly kind: 'unknown' }
);

/** Holders that a verdict names. */
const namedHolders = 3;

/** Undefined if nothing is in the way. */
export function judgeConsumable(
  { resource, quantity: requested }: ConsumableRequest,
  consumable: Consumable | undefined,
  kept: Held<number> | undefined,
): ConsumableVerdict | undefined {
  if (!consumable?.settings) return { resource, requested, kind: 'unknown' };
  const { settings, held, holders } = consumable;
  const { total, replenishes } = settings;
  const available = Math.max(0, total - held);
  const obtainable = replenishes ? total : available;
  if (requested > obtainable) return { resource, requested, kind: 'too-few', obtainable };
  if (requested > available) {
    const first = holders.from(() => true).take(namedHolders);
    return { resource, requested, kind: 'in-use', available, total, holders: [...first], holderCount: holders.size };
  }
  if (!kept || requested <= available - kept.capacity) return undefined;
  return { resource, requested, kind: 'held', available, holder: kept.holder };
}

/** Only somebody who changes the resource can bring the job further. */
export function isUnobtainable({ kind }: ConsumableVerdict): boolean {
  return kind === 'too-few' || kind === 'unknown';
}
