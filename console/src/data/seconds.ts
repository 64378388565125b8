/** A moment of a JSON answer, which is in seconds, in milliseconds since 1970. */
export function momentOfSeconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
