import Box from '@cloudscape-design/components/box';
import { lineDiff } from '../fields/line-diff.ts';
import { useText } from '../messages/text-context.tsx';

const marks = { both: '  ', left: '- ', right: '+ ' } as const;

/** What became of one value in another, as JSON, line by line: `-` is gone, `+` is new. */
export function DiffText({ left, right }: { readonly left: unknown; readonly right: unknown }) {
  const text = useText();
  const lines = lineDiff(linesOf(left), linesOf(right));
  if (lines.every((line) => line.in === 'both')) return <Box>{text('diff.none')}</Box>;
  return <Box variant="pre">{lines.map((line) => `${marks[line.in]}${line.text}\n`).join('')}</Box>;
}

function linesOf(value: unknown): readonly string[] {
  return JSON.stringify(value, undefined, 2).split('\n');
}
