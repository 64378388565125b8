/**
 * This machine, or what this process may use of it, is short of something: nothing is wrong with the task, and what failed
 * may work later.
 */
export class Shortage extends Error {
  override readonly name = 'Shortage';
}
