import { z } from "zod";

/** The names of the fields that a schema knows at a path, for suggestions; empty where any name goes. */
export function knownFields(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly PropertyKey[],
): string[] {
  const plain = unwrap(schema, value);
  const [key, ...rest] = path;
  if (key === undefined) return plain instanceof z.ZodObject ? Object.keys(plain.shape) : [];
  const child = childSchema(plain, key);
  return child === undefined ? [] : knownFields(child, childValue(value, key), rest);
}

/** The object, array or record behind what only wraps it; of a union the branch that the value means. */
function unwrap(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return unwrap(schema.unwrap(), value);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const { discriminator, options } = schema.def;
    const chosen = options.find((option) => accepts(option, discriminator, value));
    return chosen === undefined ? schema : unwrap(chosen, value);
  }
  return schema;
}

function accepts(option: z.core.$ZodType, discriminator: string, value: unknown): boolean {
  if (!(option instanceof z.ZodObject)) return false;
  const literal = option.shape[discriminator];
  return (
    literal instanceof z.ZodLiteral && literal.safeParse(childValue(value, discriminator)).success
  );
}

function childSchema(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(key)];
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}

/** What stands at a key of something that may be anything. */
export function childValue(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}
