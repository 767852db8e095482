/** What the validator process of an experiment is started with. */
export interface ValidatorOrder {
  /** As of the real service. */
  readonly environment: Readonly<Record<string, string>>;
  readonly mutant?: string | undefined;
}

/** `hung`: its spool's writes and syncs wait until it is `well` again. `failing`: the next sync fails. */
export interface DiskState {
  readonly disk: 'well' | 'hung' | 'failing';
}

export interface ValidatorReady {
  readonly grpc: string;
}
