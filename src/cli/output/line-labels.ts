import type { Printer } from './printer.ts';

/** Told apart on light and dark terminals alike; red is left to failures. */
const colours = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'gray'] as const;

/** Who wrote a line: a child by its index, a container by its name, or both. */
export interface Writer {
  readonly index?: number;
  readonly container?: string;
}

/** What stands before lines of several writers: `17 | `, `web | `, `17 web | `, in a colour of its own; nothing before one's alone. */
export class LineLabels {
  readonly #printer: Printer;
  readonly #indexWidth: number;
  readonly #containers = new Map<string, number>();

  /** `size`: how many children there are, of an array. */
  constructor(printer: Printer, size = 0) {
    this.#printer = printer;
    this.#indexWidth = String(Math.max(0, size - 1)).length;
  }

  of({ index, container }: Writer): string {
    const words = [
      ...(index === undefined ? [] : [String(index).padStart(this.#indexWidth)]),
      ...(container === undefined ? [] : [container]),
    ];
    if (words.length === 0) return '';
    const colour = colours[(index ?? this.#place(container ?? '')) % colours.length] ?? 'gray';
    return this.#printer.style(colour, `${words.join(' ')} | `);
  }

  /** Containers get their colours in the order in which they first write. */
  #place(container: string): number {
    const place = this.#containers.get(container) ?? this.#containers.size;
    this.#containers.set(container, place);
    return place;
  }
}
