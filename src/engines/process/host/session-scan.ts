import { membersOfSessions, type ProcessIdentity } from './proc.ts';

/**
 * Finds what lives of sessions, where nothing better tells. A look at all processes of the host takes a millisecond or
 * several, so all that ask in one turn of the event loop share one.
 */
export class SessionScan {
  #leaders: ProcessIdentity[] = [];
  #next: Promise<ReadonlyMap<number, readonly number[]>> | undefined;

  /** The living processes of the session that `leader` began, itself included; see `membersOfSessions`. */
  async members(leader: ProcessIdentity): Promise<readonly number[]> {
    this.#leaders.push(leader);
    this.#next ??= new Promise((resolve) => setImmediate(() => resolve(this.#look())));
    return (await this.#next).get(leader.pid) ?? [];
  }

  #look(): ReadonlyMap<number, readonly number[]> {
    const leaders = this.#leaders;
    this.#leaders = [];
    this.#next = undefined;
    return membersOfSessions(leaders);
  }
}
