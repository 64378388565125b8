import type { AuditKind, AuditRecord, AuditSink } from '../core/audit.ts';
import { silentLogger } from '../core/logger.ts';
import type { AuditOptions } from './audit.ts';

/** A sink in memory that wants, takes and waits for what a test says. */
export class MemorySink implements AuditSink {
  readonly records: AuditRecord[] = [];
  readonly wanted = new Set<AuditKind>(['management']);
  /** What becomes of a record, and of the leave to make a change. */
  keep: () => undefined | Promise<void> = () => undefined;

  wants(kind: AuditKind): boolean {
    return this.wanted.has(kind);
  }

  admit(): undefined | Promise<void> {
    return this.keep();
  }

  record(record: AuditRecord): undefined | Promise<void> {
    this.records.push(record);
    return this.keep();
  }

  get options(): AuditOptions {
    return { sink: this, logger: silentLogger };
  }
}
