import type { ServiceDefinition } from "./service-definition.ts";

/** What the manager says of our service now. */
export interface ServiceState {
  readonly isEnabled: boolean;
  readonly isActive: boolean;
  readonly pid?: number;
}

/** The system's keeper of programs: systemd of a user, or launchd. */
export interface ServiceManager {
  readonly name: "systemd" | "launchd";
  readonly file: string;
  render(definition: ServiceDefinition): string;
  /** Undefined when it can be talked to, else why not, and what would help. */
  trouble(): Promise<{ message: string; hint: string } | undefined>;
  state(): Promise<ServiceState>;
  /** Makes it start at each login, and now too unless `isLater`. */
  enable(options: { isLater: boolean }): Promise<void>;
  /** Stops it, and makes it start no more. Called while the file is there. */
  disable(): Promise<void>;
  /** After the file has changed or gone; a service that runs is started anew with a changed one. */
  reload(): Promise<void>;
  /** What a person would type instead of `enable`. */
  readonly enableCommands: readonly string[];
  readonly logCommand: string | undefined;
  /** A sentence that a person should know, such as that it ends at logout. */
  advice(): Promise<string | undefined>;
}
