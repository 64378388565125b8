import { type Json, type Look, parseKeepingNumbers, rememberedLook } from '../../../event-patterns/index.ts';

/** An event as patterns and paths look at it: read once, however many do. */
export class ReadOnce {
  readonly text: string;
  readonly look: Look = rememberedLook();
  #members: Json | undefined;
  #withNumbers: Json | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get members(): Json {
    this.#members ??= JSON.parse(this.text) as Json;
    return this.#members;
  }

  /** With the texts of numbers: takes ten times as long. */
  get withNumbers(): Json {
    this.#withNumbers ??= parseKeepingNumbers(this.text) as Json;
    return this.#withNumbers;
  }
}
