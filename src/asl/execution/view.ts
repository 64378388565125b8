import type { ExecutionHeader, ExecutionInfo, Frame } from './records.ts';

/** What a step reads of an execution. Absent before its `start` event: the header. */
export interface View {
  readonly info: ExecutionInfo;
  readonly header: ExecutionHeader | undefined;
  frame(id: string): Frame | undefined;
}

/**
 * What a step changes, to be committed together: first the deletes, then the puts. A delete removes the frame of that id
 * and every frame below it, whose ids begin with it and a slash.
 */
export interface Changes {
  readonly header: ExecutionHeader;
  readonly deletes: readonly string[];
  readonly puts: readonly Frame[];
}

/** An execution's records in memory: for Express executions, for tests, and as a store's cache. */
export class MemoryExecution implements View {
  readonly info: ExecutionInfo;
  header: ExecutionHeader | undefined;
  readonly #frames = new Map<string, Frame>();
  readonly #children = new Map<string, Set<string>>();

  constructor(info: ExecutionInfo, header?: ExecutionHeader, frames: Iterable<Frame> = []) {
    this.info = info;
    this.header = header;
    for (const frame of frames) this.#put(frame);
  }

  frame(id: string): Frame | undefined {
    return this.#frames.get(id);
  }

  frames(): Iterable<Frame> {
    return this.#frames.values();
  }

  apply(changes: Changes): void {
    this.header = changes.header;
    for (const id of changes.deletes) this.#delete(id);
    for (const frame of changes.puts) this.#put(frame);
  }

  #put(frame: Frame): void {
    this.#frames.set(frame.id, frame);
    for (let id = frame.id, parent = parentOf(id); parent !== undefined; id = parent, parent = parentOf(id)) {
      const siblings = this.#children.get(parent);
      if (siblings) {
        siblings.add(id);
        return;
      }
      this.#children.set(parent, new Set([id]));
    }
  }

  #delete(id: string): void {
    for (const child of this.#children.get(id) ?? []) this.#delete(child);
    this.#children.delete(id);
    this.#frames.delete(id);
    const parent = parentOf(id);
    if (parent !== undefined) this.#children.get(parent)?.delete(id);
  }
}

/** The id above, by name: `0/5.0/3` is below `0/5.0`. */
export function parentOf(id: string): string | undefined {
  const slash = id.lastIndexOf('/');
  return slash < 0 ? undefined : id.slice(0, slash);
}
