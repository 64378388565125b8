import type { Mark } from './mark.ts';

export interface CodeEditorProps {
  readonly value: string;
  /** Absent: it is only read. */
  readonly onChange?: (value: string) => void;
  /** What it is called to who cannot see it. */
  readonly label: string;
  /** @default 'json' */
  readonly language?: 'json' | 'text';
  /** What is wrong, as its page knows it; keep the same list as long as nothing changed. */
  readonly marks?: readonly Mark[];
  /** @default 3 */
  readonly leastLines?: number;
  /** Longer ones scroll. @default 30 */
  readonly mostLines?: number;
}
