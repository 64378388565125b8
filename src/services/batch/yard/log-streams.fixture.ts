import type { Scope } from '../../../core/arn.ts';
import { ServiceError } from '../../../core/errors.ts';
import type { LogStreams } from './log-streams.ts';

/** Streams as the yard sees them: which are open, and which are finished. */
export class FakeLogStreams implements LogStreams {
  readonly groups = new Set(['/aws/batch/job']);
  readonly opened: string[] = [];
  readonly finished = new Set<string>();

  open(...[, , { groupName, streamName, createGroup }]: Parameters<LogStreams['open']>) {
    if (!this.groups.has(groupName) && !createGroup) {
      throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    this.opened.push(streamName);
    return { stream: streamName };
  }

  async keyOf(_scope: Scope, _group: string, streamName: string) {
    return streamName;
  }

  async finish(_scope: Scope, _group: string, streamName: string) {
    this.finished.add(streamName);
  }
}
