export { checkInputPath, checkTransformer, type InputEvent, inputOf } from './input.ts';
