import Box from '@cloudscape-design/components/box';
import { useText } from '../../messages/text-context.tsx';
import { durationText } from '../../views/duration.ts';
import { type ComparedCurve, drawComparison } from './comparison-lines.ts';
import './comparison-chart.css';

const width = 820;
const height = 180;

/** What becomes of a number over time in each environment. The same in words is its label. */
export function ComparisonChart({
  title,
  curves,
}: {
  readonly title: string;
  readonly curves: readonly ComparedCurve[];
}) {
  const text = useText();
  const drawn = drawComparison(curves, width, height);
  const lines = drawn.curves.map(({ name, most }) => text('simulator.chart.line', { name, most }));
  return (
    <div>
      <Box variant="h3">{title}</Box>
      <svg
        className="comparison-chart"
        viewBox={`0 0 ${width + 80} ${height + 40}`}
        role="img"
        aria-label={text('simulator.chart.about', { title, lines: lines.join('; ') })}
      >
        <g transform="translate(70 10)">
          {[0, 0.5, 1].map((part) => (
            <g key={part} transform={`translate(0 ${height * (1 - part)})`}>
              <line className="comparison-chart-tick" x2={width} />
              <text className="comparison-chart-value" x={-8} y={4}>
                {Math.round(drawn.highest * part * 10) / 10}
              </text>
            </g>
          ))}
          {drawn.curves.map(({ name, path }, index) => (
            <path key={name} className={`comparison-chart-curve comparison-chart-curve-${index % 4}`} d={path} />
          ))}
          <text className="comparison-chart-value" x={width} y={height + 20}>
            {durationText(drawn.span * 1000)}
          </text>
        </g>
      </svg>
      <ul className="comparison-chart-legend">
        {lines.map((line, index) => (
          <li key={line}>
            <svg viewBox="0 0 30 4" aria-hidden="true">
              <path className={`comparison-chart-curve comparison-chart-curve-${index % 4}`} d="M0 2L30 2" />
            </svg>
            {line}
          </li>
        ))}
      </ul>
    </div>
  );
}
