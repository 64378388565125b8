import { EngineUnavailable } from '../../contract.ts';
import { DaemonGone } from '../daemon/daemon-errors.ts';

/** The engine is closed: a daemon that is gone is waited for. */
export function isClosed(error: unknown): boolean {
  return error instanceof EngineUnavailable && !(error instanceof DaemonGone);
}

export function stackOf(error: unknown): string {
  return (error instanceof Error && error.stack) || String(error);
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
