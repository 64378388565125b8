/** The one line that stands for the output of an attempt that is dropped. */
export function outputLimitWords(maximumBytes: number): string {
  return `[batchyard] The output of this attempt is larger than ${maximumBytes} bytes; the rest is dropped.`;
}
