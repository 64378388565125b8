/**
 * A note is what is known of a change that is under way: the record that it will have if the server does not live to see its
 * end. In a frame its text has a mark and the event's id before it. No lookup and no trail sees it.
 */
const mark = '~';
const idLength = 36;
const idMember = '"eventID":"';

/** `text` is that of the record with the id `eventId`. */
export function noteText(eventId: string, text: string): string {
  return mark + eventId + text;
}

export function isNote(payload: string): boolean {
  return payload.startsWith(mark);
}

/** The record of a frame's text, be it a note's. */
export function recordIn(payload: string): string {
  return isNote(payload) ? payload.slice(mark.length + idLength) : payload;
}

/** The event that a frame is about. What follows a record's own id holds no member of that name, whatever its parameters were. */
export function eventIdIn(payload: string): string {
  if (isNote(payload)) return payload.slice(mark.length, mark.length + idLength);
  const start = payload.lastIndexOf(idMember) + idMember.length;
  return payload.slice(start, payload.indexOf('"', start));
}

/** The notes of changes that have no record yet, as frames go by. */
export class OpenNotes {
  readonly #texts = new Map<string, string>();

  get size(): number {
    return this.#texts.size;
  }

  /** As they were written. */
  texts(): readonly string[] {
    return [...this.#texts.values()];
  }

  /** In the order of writing. */
  follow(payloads: Iterable<string>): void {
    for (const payload of payloads) {
      if (isNote(payload)) this.#texts.set(eventIdIn(payload), payload);
      else if (this.#texts.size > 0) this.#texts.delete(eventIdIn(payload));
    }
  }
}
