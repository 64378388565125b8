import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { InvariantViolation } from '../core/errors.ts';
import { type JobStatus, jobStatuses } from '../core/job.ts';
import { advance } from './advance.ts';
import type { JobEvent, JobEventKind } from './job-event.ts';
import { type Cell, jobTable } from './job-table.ts';
import { endedBy, newJob, placed, taskId } from './lifecycle.fixture.ts';

const kinds = Object.keys(jobTable.SUBMITTED) as JobEventKind[];
const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');

type AnyCell = Cell<JobStatus, JobEventKind>;

function cellText(cell: AnyCell): string {
  if (typeof cell === 'function') return `\`${cell.name}\``;
  return 'ignored' in cell ? `ignored: ${cell.ignored}` : `impossible: ${cell.impossible}`;
}

/** The table as README.md shows it: one small table for each event. */
function tableText(): string {
  const rows = kinds.map((kind) => {
    const lines = jobStatuses.map((status) => `| ${status} | ${cellText(jobTable[status][kind] as AnyCell)} |`);
    return [`#### ${kind}`, '', '| In | Then |', '|---|---|', ...lines].join('\n');
  });
  return rows.join('\n\n');
}

/** Without the spaces and dashes with which a formatter aligns columns. */
function unaligned(text: string): string {
  return text
    .trim()
    .replaceAll(/ *\| */g, '|')
    .replaceAll(/-{3,}/g, '---');
}

describe('the job table', () => {
  it('is printed in README.md as it is in the code', () => {
    const [, printed] = /<!-- table -->\n([\s\S]*?)\n<!-- \/table -->/.exec(readme) ?? [];
    assert.equal(unaligned(printed ?? ''), unaligned(tableText()));
  });

  it('gives every ignored or impossible event its reason', () => {
    for (const status of jobStatuses) {
      for (const kind of kinds) {
        const cell = jobTable[status][kind] as AnyCell;
        const reason = typeof cell === 'function' ? cell.name : Object.values(cell)[0];
        assert.ok(reason, `${status} ${kind}`);
      }
    }
  });

  it('makes an impossible event an invariant violation that names job, state and event', () => {
    const events: readonly JobEvent[] = [
      placed('t1'),
      endedBy('lost', 't1'),
      { kind: 'timed-out', at: 1, taskId: taskId('t1') },
    ];
    for (const event of events) {
      assert.throws(
        () => advance(newJob(), event),
        (error: unknown) =>
          error instanceof InvariantViolation &&
          /job.*SUBMITTED/.test(error.message) &&
          error.message.includes(event.kind),
      );
    }
  });
});
