import { createHash } from 'node:crypto';

interface TaskNames {
  readonly taskId: string;
  readonly taskArn: string;
}

/** What Docker would call a container of a task: 64 hexadecimal digits, the same whenever it is asked. */
export function dockerIdOf({ taskId }: Pick<TaskNames, 'taskId'>, container: string): string {
  return createHash('sha256').update(`${taskId}/${container}`).digest('hex');
}

/** The ARN that ECS would give a container of a task. */
export function containerArnOf(task: TaskNames, container: string): string {
  return `${task.taskArn.replace(':task/', ':container/')}/${dockerIdOf(task, container).slice(0, 32)}`;
}
