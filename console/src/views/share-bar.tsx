interface ShareBarProps {
  readonly used: number;
  readonly of: number;
  /** What it shows, with its numbers, for who does not see it. */
  readonly label: string;
}

const width = 160;
const height = 12;

/** How much of a whole is used. More than all of it is all of it. */
export function ShareBar({ used, of, label }: ShareBarProps) {
  const filled = of > 0 ? Math.min(1, used / of) * (width - 2) : 0;
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <title>{label}</title>
      <rect x={0.5} y={0.5} width={width - 1} height={height - 1} fill="none" stroke="currentColor" />
      <rect x={1} y={1} width={filled} height={height - 2} fill="currentColor" />
    </svg>
  );
}
