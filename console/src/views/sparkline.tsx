interface SparklineProps {
  readonly values: readonly number[];
  /** What it shows, with its numbers, for who does not see it. */
  readonly label: string;
}

const height = 24;
const step = 2;

/** Small bars, the oldest first, the highest as high as there is room. */
export function Sparkline({ values, label }: SparklineProps) {
  const most = Math.max(1, ...values);
  const width = values.length * step;
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <title>{label}</title>
      {values.map((value, index) => {
        const tall = value === 0 ? 0 : Math.max(1, Math.round((value / most) * height));
        const place = index * step;
        return <rect key={place} x={place} y={height - tall} width={step - 0.5} height={tall} fill="currentColor" />;
      })}
    </svg>
  );
}
