import type { Span } from './timeline-words.ts';

interface SpanBarProps {
  readonly spans: readonly Span[];
  /** What it shows, with its numbers, for who does not see it. */
  readonly label: string;
}

const width = 600;
const height = 16;
/** What takes hardly any time is seen nevertheless. */
const least = 2;

/** Where a job waited the bar is empty, where it ran it is full. */
export function SpanBar({ spans, label }: SpanBarProps) {
  const [first] = spans;
  const last = spans.at(-1);
  if (!first || !last) return null;
  const scale = width / Math.max(1, last.to - first.from);
  return (
    <svg
      className="span-bar"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
    >
      <title>{label}</title>
      {spans.map(({ kind, from, to }) => (
        <rect
          key={from}
          x={(from - first.from) * scale}
          y={1}
          width={Math.max(least, (to - from) * scale)}
          height={height - 2}
          stroke="currentColor"
          fill={kind === 'runs' ? 'currentColor' : 'none'}
        />
      ))}
    </svg>
  );
}
