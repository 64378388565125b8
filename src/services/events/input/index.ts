export { checkInputPath, checkTransformer, httpParametersOf, type InputEvent, inputOf } from './input.ts';
