import { z } from 'zod';
import { jsonOf } from '../../../core/json-of.ts';
import type { TerminalSize } from '../../../engines/index.ts';

/** As the kernel keeps it, in 16 bits; a terminal that does not know its size has 0. */
export const terminalLength = z.int().min(0).max(65_535);

const schema = z.object({ columns: terminalLength, rows: terminalLength });

/** What a client says of its terminal; undefined for what says nothing. */
export function readTerminalSize(payload: Buffer): TerminalSize | undefined {
  return schema.safeParse(jsonOf(payload.toString())).data;
}
