import type { Invocation, Output } from './invocation.ts';

/** The terminal that somebody sits at. */
export interface UserTerminal {
  /** As the server takes it. */
  readonly request: { readonly columns: number; readonly rows: number; readonly type: string };
  /**
   * From now on keys go through as they are, Ctrl-C among them, and `onResize` hears of each new size; until the answer is
   * called, which makes the terminal what it was. So does the end of the process, whatever ends it by itself.
   */
  handOver(onResize: (size: { columns: number; rows: number }) => void): () => void;
}

/** The user's terminal; undefined where what is read or written is none. */
export function terminalOf({ stdin, stdout, environment, rawOutput }: Invocation): UserTerminal | undefined {
  if (stdin.isTTY !== true || stdout.isTTY !== true || stdin.setRawMode === undefined) return undefined;
  const { TERM = '' } = environment;
  return {
    request: { ...sizeOf(stdout), type: /^[0-9A-Za-z._+-]{1,64}$/.test(TERM) ? TERM : 'dumb' },
    handOver(onResize) {
      const resized = () => onResize(sizeOf(stdout));
      stdin.setRawMode?.(true);
      // The command's own terminal has made its line ends.
      rawOutput();
      stdout.on('resize', resized);
      return () => {
        stdout.off('resize', resized);
        stdin.setRawMode?.(false);
      };
    },
  };
}

function sizeOf({ columns = 80, rows = 24 }: Output) {
  return { columns, rows };
}
