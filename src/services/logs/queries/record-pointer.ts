import { formatPageToken, parsePageToken } from '../../../core/page.ts';

/** Where an event lies for ever: what `@ptr` says, and GetLogRecord takes. */
export interface RecordPlace {
  readonly group: string;
  readonly stream: string;
  /** Below the log directory: another stream of this name has another. */
  readonly place: string;
  readonly isTask: boolean;
  readonly segment: number;
  readonly offset: number;
}

const kind = 'record';

export function formatPointer({ group, stream, place, isTask, segment, offset }: RecordPlace): string {
  return formatPageToken(kind, { group, stream, place, isTask, segment, offset });
}

/** Undefined for any text that is none. */
export function parsePointer(text: string): RecordPlace | undefined {
  const { group, stream, place, isTask, segment, offset } = parsePageToken(kind, text) ?? {};
  if (typeof group !== 'string' || typeof stream !== 'string' || typeof place !== 'string') return undefined;
  if (typeof isTask !== 'boolean' || !isCount(segment) || !isCount(offset)) return undefined;
  return { group, stream, place, isTask, segment, offset };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
