package org.craq.cluster.cli;

/** Runs an action if the process is terminated (Ctrl-C, SIGTERM) before this object is closed. */
final class CleanUp implements AutoCloseable {
    private final Thread hook;

    CleanUp(Runnable action) {
        // The virtual machine requires a thread here; nothing else in this module creates one.
        hook = new Thread(action, "clean-up");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is already terminating: the action runs, and the process waits for it.
        }
    }
}
