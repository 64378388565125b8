export { answeringSocket } from './daemon/choose-socket.ts';
export { openDockerEngine } from './engine.ts';
export type { PullPolicy } from './images/image-pulls.ts';
export type { DockerEngineOptions } from './options.ts';
