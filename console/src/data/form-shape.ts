/** An SDK's shape as it is read from XML: texts where it has numbers, truth values and times; what is empty is absent. */
export type Told<Shape> = Shape extends Date | number | boolean
  ? string
  : Shape extends readonly (infer Item)[]
    ? readonly Told<Item>[]
    : Shape extends object
      ? { readonly [Key in keyof Shape]?: Told<Shape[Key]> }
      : Shape;

/** A moment as XML has it, in milliseconds since 1970. */
export function momentOf(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
