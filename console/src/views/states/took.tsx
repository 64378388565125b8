import { momentOfSeconds } from '../../data/seconds.ts';
import { durationText } from '../duration.ts';
import { useNow } from '../now.ts';

interface TookProps {
  /** Seconds since 1970. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Without an end: whether it goes on. */
  readonly isRunning: boolean;
}

/** How long something took; of what goes on, until now. */
export function Took({ from, to, isRunning }: TookProps) {
  const now = useNow();
  const end = momentOfSeconds(to) ?? (isRunning ? now : undefined);
  if (from === undefined || end === undefined) return <span>–</span>;
  return <span>{durationText(end - from * 1000)}</span>;
}
