import type { ArrayPropertiesDetail } from '@aws-sdk/client-batch';

const barWidth = 20;

/** A bar of the children that have ended, and how many there are of each kind: `[#####---------------] 5 of 20 done, 2 running`. */
export function formatProgress(array: ArrayPropertiesDetail): string {
  const { size = 0, statusSummary = {} } = array;
  const { SUCCEEDED = 0, FAILED = 0 } = statusSummary;
  const filled = size === 0 ? 0 : Math.floor((barWidth * (SUCCEEDED + FAILED)) / size);
  return `[${'#'.repeat(filled)}${'-'.repeat(barWidth - filled)}] ${formatCounts(array)}`;
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
