import { ServiceError } from '../../core/errors.ts';

/** How long sessions of roles hold, in seconds. */
export const durations = { shortest: 900, longest: 43_200, usual: 3600, longestOfChain: 3600 } as const;

/** The seconds that are asked for, if a role's sessions may hold so long. Throws `ValidationError`. */
export function checkDuration(asked: number | undefined, longest: number): number {
  const seconds = asked ?? Math.min(durations.usual, longest);
  if (seconds <= longest) return seconds;
  const message = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.';
  throw new ServiceError('ValidationError', message);
}
