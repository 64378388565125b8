import { writeFileSync } from 'node:fs';
import { errorCode } from '../errors.ts';
import { processLimits } from '../limits.ts';

/**
 * The kernel ends jobs before it ends servers. By a runner that has CAP_SYS_RESOURCE this is the least that the job can
 * set for itself, too; where there is no /proc there is no such score, nor of one that has ended by now.
 */
export function raiseOomScore(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(processLimits.oomScoreAdjustment));
  } catch (error) {
    if (!['ENOENT', 'ESRCH', 'EACCES'].includes(errorCode(error) ?? '')) throw error;
  }
}
