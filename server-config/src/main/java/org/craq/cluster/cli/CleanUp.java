package org.craq.cluster.cli;

/** Runs an action if the process is ended (Ctrl-C, SIGTERM) before this object is closed. */
final class CleanUp implements AutoCloseable {
    private final Thread hook;

    CleanUp(Runnable action) {
        // The one place for a thread of our own: the virtual machine asks for it.
        hook = new Thread(action, "clean-up");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already: the action runs, and the process waits for it.
        }
    }
}
