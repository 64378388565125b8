/** What of an image is not kept, counted. */
const kinds = {
  'character-device': ['character device left out', 'character devices left out'],
  'block-device': ['block device left out', 'block devices left out'],
  fifo: ['fifo left out', 'fifos left out'],
  'set-id': [
    'file or directory without its set-user-id or set-group-id',
    'files or directories without their set-user-id or set-group-id',
  ],
  capability: ['file without its capabilities', 'files without their capabilities'],
} as const satisfies Record<string, readonly [string, string]>;

export type LeftOutKind = keyof typeof kinds;

export class LeftOut {
  readonly #counts = new Map<LeftOutKind, number>();
  readonly #words: string[] = [];

  add(kind: LeftOutKind): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** Something that is no count. */
  say(words: string): void {
    this.#words.push(words);
  }

  /** Such as `8 character devices left out`. */
  inWords(): readonly string[] {
    const counted = [...this.#counts].map(([kind, count]) => `${count} ${kinds[kind][count === 1 ? 0 : 1]}`);
    return [...counted, ...this.#words];
  }
}
