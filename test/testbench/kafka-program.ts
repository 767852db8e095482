import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGuarded, type GuardedCommand, type GuardedProcess } from '@openclaw/embedded-postgres';

/** A small JVM that is soon up: several brokers share the machine with the tests. */
const JVM = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];
const LOG = 'broker.log';

/** A Java program of Apache Kafka. It works in `folder`, and what it prints is in the log there. */
export interface KafkaProgram {
  readonly classPath: string;
  readonly main: string;
  readonly args: readonly string[];
  readonly jvm: readonly string[];
  readonly folder: string;
  /** The JVM's archive of loaded classes. A JVM that cannot use it (Java was updated) does without. */
  readonly classes?: string;
  /** Words before the command, such as `ip netns exec left`. */
  readonly enter?: readonly string[];
  /** How it is ended; by default at once, because its data is thrown away and an orderly leave takes seconds. */
  readonly end?: Pick<GuardedCommand, 'stopSignal' | 'graceMs'>;
  readonly removeOnCrash?: string;
}

/** Starts it under a guard, which ends it when we crash. */
export function startKafkaProgram(program: KafkaProgram): GuardedProcess {
  const { classPath, main, args, jvm, folder, classes, enter = [], removeOnCrash } = program;
  const archive = classes !== undefined && existsSync(classes) ? [`-XX:SharedArchiveFile=${classes}`] : [];
  const java = ['java', ...JVM, ...jvm, ...archive, '-cp', classPath, main, ...args];
  const [file = 'java', ...rest] = [...enter, ...java];
  const { PATH = '/usr/bin:/bin', JAVA_HOME } = process.env;
  return startGuarded({
    argv: [file, ...rest],
    cwd: folder,
    env: { PATH, ...(JAVA_HOME && { JAVA_HOME }) },
    logFile: join(folder, LOG),
    ...(program.end ?? { stopSignal: 'SIGKILL', graceMs: 0 }),
    ...(removeOnCrash !== undefined && { removeOnCrash }),
  });
}

/** What the program in this folder printed since its last start. */
export const kafkaLog = (folder: string): Promise<string> => readFile(join(folder, LOG), 'utf8').catch(() => '');
