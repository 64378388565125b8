/** An SDK's shape as it is on the wire: times are numbers, bytes are base64. */
export type Wire<Shape> = Shape extends Date
  ? number
  : Shape extends Uint8Array
    ? string
    : Shape extends readonly (infer Item)[]
      ? readonly Wire<Item>[]
      : Shape extends object
        ? { readonly [Key in keyof Shape]: Wire<Shape[Key]> }
        : Shape;
