import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const { XDG_RUNTIME_DIR: runtime = '/nonexistent' } = process.env;
const SOCKETS = [
  '/var/run/docker.sock',
  join(runtime, 'docker.sock'),
  join(runtime, 'podman', 'podman.sock'),
  join(homedir(), '.docker', 'run', 'docker.sock'),
  join(homedir(), '.testcontainers.properties'),
];

let answer: Promise<boolean> | undefined;

/** Whether containers can be run here. Asked once a process, and not at all where no engine has left a trace. */
function engineAnswers(): Promise<boolean> {
  answer ??= process.env.DOCKER_HOST || SOCKETS.some((path) => existsSync(path)) ? ask() : Promise.resolve(false);
  return answer;
}

async function ask(): Promise<boolean> {
  try {
    const { getContainerRuntimeClient } = await import('testcontainers');
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}

/** Runs the container where an engine answers, and the local process when it does not or cannot (no image, say). */
export async function preferContainer<T>(
  what: string,
  container: () => Promise<T>,
  local: () => Promise<T>,
): Promise<T> {
  if (!(await engineAnswers())) return local();
  try {
    return await container();
  } catch (error) {
    process.emitWarning(`${what} does not start in a container, a local process is used: ${String(error)}`);
    answer = Promise.resolve(false);
    return local();
  }
}
