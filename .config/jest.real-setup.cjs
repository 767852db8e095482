/** Real servers on a loaded machine take their time to start and to stop: a hook fails when it hangs, not when it waits. */
jest.setTimeout(120_000);
