export { createIam } from './service.ts';
