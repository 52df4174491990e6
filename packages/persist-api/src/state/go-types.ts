import { z } from 'zod';

/** A Go struct: every field may be missing, and unknown fields are kept. */
export function struct<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.looseObject(shape).partial();
}

/** A Go slice: null is the nil slice, which is not the empty one. */
export function slice<Item extends z.ZodType>(item: Item) {
  return z.array(item).nullable();
}

/** A Go map with string keys: null is the nil map, which is not the empty one. */
export function map<Value extends z.ZodType>(value: Value) {
  return z.record(z.string(), value).nullable();
}

/** A Go map with integer keys, which are decimal strings here. */
export function integerMap<Value extends z.ZodType>(value: Value) {
  return z.record(z.string().regex(/^-?\d+$/, 'expected decimal integers as keys'), value).nullable();
}

/** A Go pointer. */
export function pointer<Target extends z.ZodType>(target: Target) {
  return target.nullable();
}
