import type { MessageContent, StoreReads } from '../../store/index.ts';
import type { MessageAttributes } from './digests.ts';

/** All of a message that is written once, beside its body. */
export interface MessageRest {
  readonly messageId: string;
  readonly sender: string;
  readonly attributes: MessageAttributes;
  readonly traceHeader?: string;
  readonly deduplicationId?: string;
}

const formatVersion = 1;

export function writeRest(value: MessageRest): string {
  return JSON.stringify({ formatVersion, value });
}

export function readRest(text: string): MessageRest {
  const found = JSON.parse(text) as { readonly formatVersion: number; readonly value: MessageRest };
  if (found.formatVersion === formatVersion) return found.value;
  throw new Error(`a stored message has version ${found.formatVersion}; this release reads ${formatVersion}`);
}

/** Characters of contents in memory. */
const mostCharacters = 16 * 1024 * 1024;

/** Contents of messages: the newest in memory, all others in the store. */
export class Contents {
  readonly #reads: StoreReads;
  readonly #kept = new Map<number, MessageContent>();
  #characters = 0;

  constructor(reads: StoreReads) {
    this.#reads = reads;
  }

  keep(content: MessageContent): void {
    this.#kept.set(content.number, content);
    this.#characters += sizeOf(content);
    for (const number of this.#kept.keys()) {
      if (this.#characters <= mostCharacters) return;
      this.drop(number);
    }
  }

  drop(number: number): void {
    const content = this.#kept.get(number);
    if (!content) return;
    this.#kept.delete(number);
    this.#characters -= sizeOf(content);
  }

  clear(): void {
    this.#kept.clear();
    this.#characters = 0;
  }

  /** By number; one that was deleted meanwhile is left out. */
  async find(numbers: readonly number[]): Promise<ReadonlyMap<number, MessageContent>> {
    const found = new Map<number, MessageContent>();
    const unknown: number[] = [];
    for (const number of numbers) {
      const content = this.#kept.get(number);
      if (content) found.set(number, content);
      else unknown.push(number);
    }
    if (unknown.length > 0) {
      for (const content of await this.#reads.messageContents(unknown)) found.set(content.number, content);
    }
    return found;
  }
}

function sizeOf({ body, rest }: MessageContent): number {
  return body.length + rest.length;
}
