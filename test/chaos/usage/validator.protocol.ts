/** What the validator process of an experiment is started with. */
export interface ValidatorOrder {
  /** As of the real service. */
  readonly environment: Readonly<Record<string, string>>;
  readonly mutant?: string | undefined;
}

/** `hung`: what makes its spool durable waits until it is `well` again. `failing`: it fails. */
export interface DiskState {
  readonly disk: 'well' | 'hung' | 'failing';
}

export interface ValidatorReady {
  readonly grpc: string;
}
