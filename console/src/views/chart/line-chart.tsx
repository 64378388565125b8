import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Table from '@cloudscape-design/components/table';
import { useLanguage, useText } from '../../messages/text-context.tsx';
import { type ChartPoint, frameOf, pathOf, placeOf } from './chart-shape.ts';
import './line-chart.css';
import { Time } from '../time.tsx';

interface LineChartProps {
  readonly label: string;
  /** In the order of their times. */
  readonly points: readonly ChartPoint[];
  /** Seconds: what is drawn, and how far points lie from each other where none is missing. */
  readonly window: { readonly from: number; readonly to: number; readonly period: number };
  /** A value that is drawn as a line of its own. */
  readonly threshold?: number | undefined;
}

const area = { width: 820, height: 200 };
const margin = { left: 70, top: 12 };
/** The table beside the drawing shows the newest; all of them are one call away. */
const mostRows = 100;

/** A curve over time, and the same as a table: who cannot see the one has the other. */
export function LineChart({ label, points, window, threshold }: LineChartProps) {
  const text = useText();
  const values = points.map(({ value }) => value);
  const frame = frameOf(threshold === undefined ? values : [...values, threshold], window);
  const yOf = (value: number) => placeOf({ at: 0, value }, frame, area).y;
  const summary = text('chart.summary', { label, count: points.length, last: String(values.at(-1) ?? '–') });
  return (
    <div>
      <svg className="line-chart" viewBox="0 0 900 250" role="img" aria-label={summary}>
        <g transform={`translate(${margin.left} ${margin.top})`}>
          {frame.ticks.map((tick) => (
            <g key={tick} transform={`translate(0 ${yOf(tick)})`}>
              <line className="line-chart-tick" x2={area.width} />
              <text className="line-chart-value" x={-8} y={4}>
                {tick}
              </text>
            </g>
          ))}
          <Ends from={window.from} to={window.to} />
          <path className="line-chart-curve" d={pathOf(points, frame, area, window.period * 1.5)} />
          {points.length <= 120 && <Dots points={points} frame={frame} />}
          {threshold !== undefined && (
            <line className="line-chart-threshold" x2={area.width} y1={yOf(threshold)} y2={yOf(threshold)} />
          )}
        </g>
      </svg>
      <ExpandableSection headerText={text('chart.values')}>
        <Table
          variant="embedded"
          items={points.slice(-mostRows).reverse()}
          trackBy={({ at }) => String(at)}
          columnDefinitions={[
            { id: 'at', header: text('range.label'), cell: ({ at }) => <Time at={at * 1000} /> },
            { id: 'value', header: text('chart.value'), cell: ({ value }) => value },
          ]}
          empty={text('chart.none')}
        />
      </ExpandableSection>
    </div>
  );
}

function Dots({
  points,
  frame,
}: {
  readonly points: readonly ChartPoint[];
  readonly frame: ReturnType<typeof frameOf>;
}) {
  return points.map((point) => {
    const { x, y } = placeOf(point, frame, area);
    return (
      <circle key={point.at} className="line-chart-dot" cx={x} cy={y} r={3}>
        <title>{`${new Date(point.at * 1000).toISOString()}: ${point.value}`}</title>
      </circle>
    );
  });
}

/** The times at both ends. */
function Ends({ from, to }: { readonly from: number; readonly to: number }) {
  const language = useLanguage();
  const words = (at: number) =>
    new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at * 1000);
  return (
    <g transform={`translate(0 ${area.height + 22})`}>
      <text className="line-chart-from">{words(from)}</text>
      <text className="line-chart-to" x={area.width}>
        {words(to)}
      </text>
    </g>
  );
}
