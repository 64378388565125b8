import type { Scope } from '../core/arn.ts';
import type { Clock } from '../core/clock.ts';
import type { Region } from '../core/ids.ts';
import type { EngineKind } from '../engines/index.ts';
import type { Ledger, StoredRecord } from '../store/index.ts';
import type { CompiledOptions } from './compiled-options.ts';
import { chooseDefaultEngine } from './engines.ts';
import { defaultEngineRecords } from './records.ts';

/** Where the records are that belong to no region. */
function place({ account }: CompiledOptions): Scope {
  return { account, region: 'installation' as Region };
}

/** The engine of new compute environments, from what the store holds: engines are opened before memory is filled. */
export function defaultEngineOf(
  records: readonly StoredRecord[],
  options: CompiledOptions,
  clock: Clock,
): Promise<EngineKind> {
  const { account, region } = place(options);
  const stored = records.find(
    (each) => each.type === defaultEngineRecords.type && each.account === account && each.region === region,
  );
  return chooseDefaultEngine(options, stored && defaultEngineRecords.fromStored(stored).kind, clock);
}

/** Records the engine that was chosen, so that the next start without the option chooses it again. */
export function recordDefaultEngine(ledger: Ledger, options: CompiledOptions, kind: EngineKind): void {
  const scope = place(options);
  if (ledger.get(defaultEngineRecords, scope)?.kind === kind) return;
  ledger.transact((transaction) => transaction.put(defaultEngineRecords, { ...scope, kind }));
}
