/** Why a container cannot start, in words for `container.reason`. Nothing of it has run. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

/** AWS's form for a container that its host could not start. */
export function cannotStartContainer(words: string): CannotStart {
  return new CannotStart(`CannotStartContainerError: ${words}`);
}

/** Of a container that waited for another when the task came to its end. */
export const neverStarted = 'The task ended before this container could start';
