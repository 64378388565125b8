import type { AuditKind, AuditRecord, AuditSink, ChangeUnderWay } from '../core/audit.ts';
import { silentLogger } from '../core/logger.ts';
import type { AuditOptions } from './audit.ts';

/** A sink in memory that wants, takes and waits for what a test says. */
export class MemorySink implements AuditSink {
  readonly records: AuditRecord[] = [];
  readonly underWay = new Set<ChangeUnderWay>();
  readonly wanted = new Set<AuditKind>(['management']);
  /** What becomes of a record, and of the leave to make a change. */
  keep: () => undefined | Promise<void> = () => undefined;

  wants(kind: AuditKind): boolean {
    return this.wanted.has(kind);
  }

  admit(): undefined | Promise<void> {
    return this.keep();
  }

  begin(change: ChangeUnderWay): undefined {
    this.underWay.add(change);
  }

  record(record: AuditRecord, of?: ChangeUnderWay): undefined | Promise<void> {
    if (of) this.underWay.delete(of);
    this.records.push(record);
    return this.keep();
  }

  drop(change: ChangeUnderWay): void {
    this.underWay.delete(change);
  }

  get options(): AuditOptions {
    return { sink: this, logger: silentLogger };
  }
}
