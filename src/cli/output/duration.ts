import type { Milliseconds } from '../../core/ids.ts';

/** A length of time for people, in its two largest units: `4s`, `3m 5s`, `2d 4h`. */
export function formatDuration(duration: Milliseconds): string {
  const seconds = Math.max(0, Math.floor(duration / 1_000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h ${Math.floor(seconds / 60) % 60}m`;
  return `${Math.floor(seconds / 86_400)}d ${Math.floor(seconds / 3_600) % 24}h`;
}
