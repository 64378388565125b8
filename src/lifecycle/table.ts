import { InvariantViolation } from '../core/errors.ts';

/**
 * What an event means to something in a phase of its life: a named transition; nothing, and why that is right; or that
 * it cannot be, and why, so that seeing it is a bug.
 */
export type Cell<Transition> = Transition | { readonly ignored: string } | { readonly impossible: string };

/** The transition for an event, or undefined when it changes nothing. Throws `InvariantViolation` when it cannot be. */
export function transitionOf<Transition extends (...input: never[]) => unknown>(
  cell: Cell<Transition>,
  event: string,
  subject: string,
): Transition | undefined {
  if (typeof cell === 'function') return cell;
  if ('ignored' in cell) return undefined;
  throw new InvariantViolation(`event ${event} for ${subject}, though ${cell.impossible}`);
}
