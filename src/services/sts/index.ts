export { createSts } from './service.ts';
