import { frameHeaderBytes } from '../segments/index.ts';

/** The one line that stands for the output of an attempt that is dropped. */
export function outputLimitWords(maximumBytes: number): string {
  return `[batchyard] The output of this attempt is larger than ${maximumBytes} bytes; the rest is dropped.`;
}

/** What each line takes on disk beside its bytes. It counts, or a gigabyte of line ends would take twenty of disk. */
export const bytesBesideLine = frameHeaderBytes;
