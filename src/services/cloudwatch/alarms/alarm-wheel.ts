import { type Scope, scopeOf } from '../../../core/arn.ts';
import type { MetricAlarmRecord } from '../records.ts';

/** How often alarms are looked at whose periods are a minute or longer, and those with shorter ones, in seconds. */
const turns = { minute: 60, short: 10 } as const;

/** How often an alarm with a period is looked at, in seconds. */
export function turnOf({ period }: Pick<MetricAlarmRecord, 'period'>): number {
  return period < turns.minute ? turns.short : turns.minute;
}

/** Names an alarm. */
export interface AlarmPlace extends Scope {
  readonly name: string;
}

type Slot = Map<string, AlarmPlace>;

/**
 * Which alarms are due at which second: each has its own second of the minute, or of ten seconds. A second costs what is due in it,
 * however many alarms there are. Who takes them says which are there no more, so that nobody needs to tell of a deletion.
 */
export class AlarmWheel {
  readonly #slots = new Map<number, Slot[]>();
  #size = 0;

  /** How many alarms it has; those included of which nobody knows yet that they are gone. */
  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#slots.clear();
    this.#size = 0;
  }

  add(alarm: MetricAlarmRecord): void {
    const slot = this.#slotOf(turnOf(alarm), secondOf(alarm.name));
    const key = keyOf(alarm);
    if (slot.has(key)) return;
    slot.set(key, { ...scopeOf(alarm), name: alarm.name });
    this.#size += 1;
  }

  /**
   * Those that `find` has and whose second is among the last so many, up to a time in seconds. What it has not, or with another
   * turn, leaves its place.
   */
  due(
    now: number,
    seconds: number,
    find: (place: AlarmPlace) => MetricAlarmRecord | undefined,
  ): readonly MetricAlarmRecord[] {
    const found: MetricAlarmRecord[] = [];
    for (const turn of [turns.minute, turns.short]) {
      for (let back = Math.min(turn, seconds) - 1; back >= 0; back -= 1) {
        found.push(...this.#take(this.#slotOf(turn, now - back), turn, find));
      }
    }
    return found;
  }

  *#take(
    slot: Slot,
    turn: number,
    find: (place: AlarmPlace) => MetricAlarmRecord | undefined,
  ): Generator<MetricAlarmRecord> {
    for (const [key, place] of slot) {
      const alarm = find(place);
      if (alarm && turnOf(alarm) === turn) {
        yield alarm;
        continue;
      }
      slot.delete(key);
      this.#size -= 1;
    }
  }

  #slotOf(turn: number, second: number): Slot {
    const slots = this.#slots.getOrInsertComputed(turn, () => Array.from({ length: turn }, () => new Map()));
    return slots[((second % turn) + turn) % turn] as Slot;
  }
}

function keyOf({ account, region, name }: AlarmPlace): string {
  return `${account} ${region} ${name}`;
}

/** Spreads alarms over the minute. */
function secondOf(name: string): number {
  let hash = 0;
  for (let at = 0; at < name.length; at += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) >>> 0;
  return hash % turns.minute;
}
