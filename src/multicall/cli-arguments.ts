import type { ArgumentDef } from "../../commands/define.ts";

/** A flag as it is written: `word` with its dashes, `letters` each with one. */
export interface Flag {
  /** The name by which the command reads its value. */
  readonly name: string;
  readonly word: string;
  readonly letters: readonly string[];
  readonly definition: ArgumentDef;
}

export interface Positional {
  readonly name: string;
  /** As it is shown: `NAME`. */
  readonly label: string;
  readonly definition: ArgumentDef;
}

export interface Arguments {
  readonly flags: readonly Flag[];
  readonly positionals: readonly Positional[];
}

export function toArguments(definitions: Readonly<Record<string, ArgumentDef>>): Arguments {
  const flags: Flag[] = [];
  const positionals: Positional[] = [];
  for (const [name, definition] of Object.entries(definitions)) {
    if (definition.type === "positional") {
      positionals.push({ name, label: kebab(name).toUpperCase(), definition });
    } else {
      flags.push({ name, word: `--${kebab(name)}`, letters: lettersOf(definition), definition });
    }
  }
  return { flags, positionals };
}

/** What to call a flag's value: its hint, else what its type says. */
export function valueHintOf({ definition }: Flag): string {
  if (definition.valueHint) return definition.valueHint;
  if ("options" in definition && definition.options) return definition.options.join("|");
  return definition.integer ? "NUMBER" : "TEXT";
}

function lettersOf(definition: ArgumentDef): string[] {
  if (!("alias" in definition) || definition.alias === undefined) return [];
  const aliases = typeof definition.alias === "string" ? [definition.alias] : definition.alias;
  return aliases.map((alias) => (alias.length === 1 ? `-${alias}` : `--${kebab(alias)}`));
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
