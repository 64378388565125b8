import type { ArrayPropertiesDetail } from '@aws-sdk/client-batch';

const [barWidth, leastBar] = [20, 4];

/**
 * A bar of the children that have ended, and how many there are of each kind: `[#####---------------] 5 of 20 done, 2 running`.
 * Where `room` is less than that, in characters, the bar is shorter, or there is none.
 */
export function formatProgress(array: ArrayPropertiesDetail, room = Number.POSITIVE_INFINITY): string {
  const { size = 0, statusSummary = {} } = array;
  const { SUCCEEDED = 0, FAILED = 0 } = statusSummary;
  const counts = formatCounts(array);
  const width = Math.min(barWidth, room - counts.length - '[] '.length);
  if (width < leastBar) return counts;
  const filled = size === 0 ? 0 : Math.floor((width * (SUCCEEDED + FAILED)) / size);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] ${counts}`;
}

/** How many children have ended, failed and run. */
export function formatCounts({ size = 0, statusSummary = {} }: ArrayPropertiesDetail): string {
  const { SUCCEEDED = 0, FAILED = 0, RUNNING = 0, STARTING = 0 } = statusSummary;
  const parts = [
    `${SUCCEEDED + FAILED} of ${size} done`,
    ...(FAILED > 0 ? [`${FAILED} failed`] : []),
    ...(RUNNING + STARTING > 0 ? [`${RUNNING + STARTING} running`] : []),
  ];
  return parts.join(', ');
}
