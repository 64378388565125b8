import { cannotStartContainer } from '../cannot-start.ts';

/** What ends a path in the lines that Podman makes of what it is asked for, and reads again. */
const ends = { mount: /[,"\r\n]/, tmpfs: /:/ } as const;

/**
 * Podman writes mounts as `type=bind,source=/a,target=/b`, and what stands behind a comma in a path counts as another word: another
 * source. Throws `CannotStart` for a path that it would read so.
 */
export function checkPodmanPaths(of: keyof typeof ends, ...paths: readonly string[]): void {
  const odd = paths.find((path) => ends[of].test(path));
  if (odd === undefined) return;
  const [letter = ''] = ends[of].exec(odd) ?? [];
  throw cannotStartContainer(`Podman takes no path with ${JSON.stringify(letter)} in it: ${odd}`);
}
