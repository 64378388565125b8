import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useText } from '../../messages/text-context.tsx';
import './log-lines.css';
import { colourOf } from './stream-colour.ts';

export interface LogLine {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly stream: string;
  readonly message: string;
}

interface LogLinesProps {
  readonly label: string;
  /** In the order of their times. */
  readonly lines: readonly LogLine[];
  /** The moment to show first: the first line of then or later. */
  readonly at?: number | undefined;
  /** Whether the last line is kept in sight as more come. */
  readonly follow?: boolean;
}

const lineHeight = 22;

/** Lines of logs: of a hundred thousand those in sight are drawn. Each stream has a colour, and its name beside each line. */
export function LogLines({ label, lines, at, follow = false }: LogLinesProps) {
  const text = useText();
  const place = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => place.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  });
  const wanted = at === undefined ? -1 : lines.findIndex((line) => line.at >= at);
  useEffect(() => {
    if (wanted >= 0) rows.scrollToIndex(wanted, { align: 'start' });
  }, [rows, wanted]);
  const last = lines.length - 1;
  useEffect(() => {
    if (follow && last >= 0) rows.scrollToIndex(last, { align: 'end' });
  }, [rows, follow, last]);
  const several = lines.some(({ stream }) => stream !== lines[0]?.stream);
  return (
    <div
      ref={place}
      className="log-lines"
      role="log"
      aria-live="off"
      aria-label={text('log-lines.of', { label })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys.
      tabIndex={0}
    >
      <div className="log-lines-all" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const line = lines[index];
          if (!line) return null;
          return (
            <div
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className={`log-line stream-${colourOf(line.stream)}${index === wanted ? ' log-line-wanted' : ''}`}
              style={{ transform: `translateY(${start}px)` }}
            >
              <time dateTime={new Date(line.at).toISOString()}>{shownTime(line.at)}</time>
              {several && <span className="log-line-stream">{line.stream}</span>}
              <span className="log-line-text">{line.message}</span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** By UTC, as what is typed to jump to is read. */
function shownTime(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
