import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { InvariantViolation } from '../core/errors.ts';
import { advanceLeaf } from './advance-leaf.ts';
import { arrayTable } from './array-table.ts';
import type { LeafEvent } from './leaf-event.ts';
import { leafTable } from './leaf-table.ts';
import { endedBy, placed, taskId, termsOf } from './lifecycle.fixture.ts';
import { multiNodeTable } from './multi-node-table.ts';
import { nodeTable } from './node-table.ts';
import { pendingLeaf } from './outcome.ts';
import type { Cell } from './table.ts';

type AnyCell = Cell<(...input: never[]) => unknown>;
type AnyTable = Readonly<Record<string, Readonly<Record<string, AnyCell>>>>;

const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
const tables: Readonly<Record<string, AnyTable>> = {
  leaf: leafTable,
  array: arrayTable,
  'multi-node': multiNodeTable,
  node: nodeTable,
};

function cellText(cell: AnyCell | undefined): string {
  if (typeof cell === 'function') return `\`${cell.name}\``;
  if (!cell) return 'missing';
  return 'ignored' in cell ? `ignored: ${cell.ignored}` : `impossible: ${cell.impossible}`;
}

/** A table as README.md shows it: one small table for each event. */
function tableText(table: AnyTable): string {
  const kinds = Object.keys(Object.values(table)[0] ?? {});
  const rows = kinds.map((kind) => {
    const lines = Object.entries(table).map(([phase, cells]) => `| ${phase} | ${cellText(cells[kind])} |`);
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

describe('the tables of lives', () => {
  for (const [name, table] of Object.entries(tables)) {
    it(`of the ${name} is printed in README.md as it is in the code`, () => {
      const [, printed] = new RegExp(`<!-- table ${name} -->\\n([\\s\\S]*?)\\n<!-- /table -->`).exec(readme) ?? [];
      assert.equal(unaligned(printed ?? ''), unaligned(tableText(table)));
    });

    it(`of the ${name} give every ignored or impossible event its reason`, () => {
      for (const [phase, cells] of Object.entries(table)) {
        for (const [kind, cell] of Object.entries(cells)) {
          const reason = typeof cell === 'function' ? cell.name : Object.values(cell)[0];
          assert.ok(reason, `${phase} ${kind}`);
        }
      }
    });
  }

  it('make an impossible event an invariant violation that names job, state and event', () => {
    const events: readonly LeafEvent[] = [
      placed('t1'),
      endedBy('lost', 't1'),
      { kind: 'timed-out', at: 1, taskId: taskId('t1') },
    ];
    for (const event of events) {
      assert.throws(
        () => advanceLeaf(pendingLeaf, event, termsOf()),
        (error: unknown) =>
          error instanceof InvariantViolation &&
          /job.*PENDING/.test(error.message) &&
          error.message.includes(event.kind),
      );
    }
  });
});
