/** A line of two texts, and which of them has it. */
export interface DiffLine {
  readonly in: 'both' | 'left' | 'right';
  readonly text: string;
}

/** Above so many pairs of lines texts are told apart as wholes. */
const mostPairs = 4_000_000;

/** What became of `left`: as few lines as can be are taken away and added. */
export function lineDiff(left: readonly string[], right: readonly string[]): readonly DiffLine[] {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  const rest = Math.min(left.length, right.length) - start;
  while (end < rest && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const both = (lines: readonly string[]) => lines.map((text): DiffLine => ({ in: 'both', text }));
  return [
    ...both(left.slice(0, start)),
    ...middle(left.slice(start, left.length - end), right.slice(start, right.length - end)),
    ...both(left.slice(left.length - end)),
  ];
}

function middle(left: readonly string[], right: readonly string[]): readonly DiffLine[] {
  if (left.length * right.length > mostPairs) {
    return [
      ...left.map((text) => ({ in: 'left', text }) as const),
      ...right.map((text) => ({ in: 'right', text }) as const),
    ];
  }
  const common = commonLengths(left, right);
  const lines: DiffLine[] = [];
  let [here, there] = [0, 0];
  while (here < left.length || there < right.length) {
    const [old, now] = [left[here], right[there]];
    if (old !== undefined && old === now) {
      lines.push({ in: 'both', text: old });
      here += 1;
      there += 1;
    } else if (old !== undefined && (now === undefined || at(common, here + 1, there) >= at(common, here, there + 1))) {
      lines.push({ in: 'left', text: old });
      here += 1;
    } else {
      lines.push({ in: 'right', text: now ?? '' });
      there += 1;
    }
  }
  return lines;
}

/** How many lines both have from each pair of places on. */
function commonLengths(left: readonly string[], right: readonly string[]): readonly Uint32Array[] {
  const table = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let here = left.length - 1; here >= 0; here -= 1) {
    for (let there = right.length - 1; there >= 0; there -= 1) {
      const row = table[here];
      if (!row) continue;
      row[there] =
        left[here] === right[there]
          ? at(table, here + 1, there + 1) + 1
          : Math.max(at(table, here + 1, there), at(table, here, there + 1));
    }
  }
  return table;
}

function at(table: readonly Uint32Array[], here: number, there: number): number {
  return table[here]?.[there] ?? 0;
}
