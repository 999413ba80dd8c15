package org.craq.client.cli;

import java.nio.file.Path;
import java.util.Map;

/** The folder in which puts record their progress. */
final class StateFolder {
    private StateFolder() {}

    /**
     * Returns the folder of the records: CRAQ_STATE, or the user's folder for the state of programs (XDG base directory
     * specification).
     */
    static Path uploads(Map<String, String> environment) {
        String own = environment.get("CRAQ_STATE");
        String common = environment.get("XDG_STATE_HOME");
        if (own != null && !own.isEmpty()) {
            return Path.of(own, "uploads");
        }
        // According to that specification, a path that is not absolute is ignored.
        Path state = common != null && common.startsWith("/")
                ? Path.of(common)
                : Path.of(home(environment)).resolve(".local").resolve("state");
        return state.resolve("craq").resolve("uploads");
    }

    /**
     * Returns the user's home. HOME takes precedence, since Java uses the list of users, which does not know about
     * another home.
     */
    static String home(Map<String, String> environment) {
        String home = environment.get("HOME");
        return home != null && home.startsWith("/") ? home : System.getProperty("user.home");
    }
}
